// usage: npm run -w sdk generate -- URL|FILE
//
// Makes src/schema.ts from the server's document: http://127.0.0.1:8080/openapi.json, or a file that holds it.
import { readFile, writeFile } from "node:fs/promises";
import { renderSchema } from "./schema.js";

const [source] = process.argv.slice(2);
if (!source) {
  console.error("Say where the document is: npm run -w sdk generate -- URL|FILE");
  process.exit(2);
}
const document = /^https?:/.test(source)
  ? await (await fetch(source)).text()
  : await readFile(source, "utf8");
await writeFile(
  new URL("../src/schema.ts", import.meta.url),
  await renderSchema(JSON.parse(document)),
);
