import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPackage } from "../scripts/build.js";
import { Server } from "./support/server.js";

// What a browser brings, as far as the page in the README needs it.
const browser = `
const fetchFromNode = fetch;
const origin = process.env.FRESHET_URL;
globalThis.fetch = (path, init) => {
  const headers = new Headers(init.headers);
  headers.set("Origin", origin);
  return fetchFromNode(new URL(path, origin), { ...init, headers });
};
globalThis.document = { title: "" };
`;

const run = async (name: string, url: string) =>
  (
    await promisify(execFile)(process.execPath, [name], {
      cwd: folder,
      env: { FRESHET_URL: url },
      timeout: 30_000,
    })
  ).stdout;

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const folder = await mkdtemp(join(tmpdir(), "freshet-package-"));

beforeAll(() => buildPackage(folder));
afterAll(() => rm(folder, { recursive: true }));

const example = /```js\n\/\/ (\w+\.js)\n([^]*?)```\n\nprints\n\n```text\n([^]*?)```/g;

test("every example in the README runs with the published package, and prints what it says", async () => {
  const examples = [...readme.matchAll(example)];
  expect(examples).toHaveLength(readme.split("```js").length - 1);
  const server = await Server.start();
  for (const [, name = "", program = "", wanted] of examples) {
    await writeFile(join(folder, name), program);
    expect(await run(name, server.url), name).toBe(wanted);
  }
});

test("the page in the README runs with the one file that it imports", async () => {
  const pages = [...readme.matchAll(/```html\n<script type="module">\n([^]*?)<\/script>\n```/g)];
  expect(pages).toHaveLength(1);
  expect(readme.split("```html")).toHaveLength(2);
  const script = pages[0]?.[1] ?? "";
  const imported = /from "\/(freshet\.min\.js)"/;
  expect(script).toMatch(imported);
  const server = await Server.start();
  const program = script.replace(imported, 'from "./$1"') + "console.log(document.title);\n";
  await writeFile(join(folder, "page.js"), `${browser}${program}`);
  expect(await run("page.js", server.url)).toBe("Sign in\n");
});
