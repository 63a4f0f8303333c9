import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { renderSchema } from "../scripts/schema.js";
import { Server } from "./support/server.js";

test("the client speaks of the routes that the server has", async () => {
  const server = await Server.start();
  const answer = await fetch(`${server.url}/openapi.json`);
  const wanted = await renderSchema(await answer.json());
  const committed = await readFile(new URL("../src/schema.ts", import.meta.url), "utf8");
  expect(
    committed === wanted,
    "src/schema.ts differs from the server's document: npm run -w sdk generate -- URL/openapi.json",
  ).toBe(true);
});
