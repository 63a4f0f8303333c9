import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundle } from "../scripts/bundle.js";

test("the whole client is at most 12 kB for a browser to fetch", async () => {
  const bytes = gzipSync(await bundle(), { level: 9 }).length;
  console.log(`${(bytes / 1000).toFixed(1)} kB, compressed`);
  expect(bytes).toBeLessThanOrEqual(12_000);
});
