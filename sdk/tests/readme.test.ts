import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { buildPackage } from "../scripts/build.js";
import { Server } from "./support/server.js";

const example = /```js\n\/\/ (\w+\.js)\n([^]*?)```\n\nprints\n\n```text\n([^]*?)```/g;

test("every example in the README runs with the published package, and prints what it says", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(example)];
  expect(examples).toHaveLength(readme.split("```js").length - 1);
  const folder = await mkdtemp(join(tmpdir(), "freshet-package-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await buildPackage(folder);
  const server = await Server.start();
  for (const [, name = "", program = "", wanted] of examples) {
    await writeFile(join(folder, name), program);
    const { stdout } = await promisify(execFile)(process.execPath, [name], {
      cwd: folder,
      env: { FRESHET_URL: server.url },
      timeout: 30_000,
    });
    expect(stdout, name).toBe(wanted);
  }
});
