import { gzipSync } from "node:zlib";
import { expect, test } from "./support/test.js";
import { card } from "./support/page.js";

const BUDGET = 150_000; // bytes of script, compressed

test("the first load of home takes less than 150 kB of script", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Hello");
  await ana.sees(1);
  const page = await ana.window();
  const scripts = new Set<string>();
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.add(request.url());
  });
  await page.goto("/");
  await expect(card(page, "Hello")).toBeVisible();
  const sizes = await Promise.all(
    [...scripts].map(async (url) => gzipSync(await (await fetch(url)).bytes()).length),
  );
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET);
});

test("everything the page needs comes from its own server", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  const foreign: string[] = [];
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== world.server.url) foreign.push(request.url());
  });
  for (const path of ["/", "/search", "/settings/appearance", "/admin"]) await page.goto(path);
  await page.waitForLoadState("networkidle");
  expect(foreign).toEqual([]);
});
