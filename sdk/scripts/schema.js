import openapiTS, { astToString } from "openapi-typescript";
import { format, resolveConfig } from "prettier";

const header =
  "// Generated from the server's /openapi.json by `npm run -w sdk generate`. Do not edit.\n\n";

// Every failure is a Problem, whatever the route; and headers are read by name.
function withoutFailures(document) {
  const copy = structuredClone(document);
  for (const methods of Object.values(copy.paths)) {
    for (const { responses } of Object.values(methods)) {
      for (const status of Object.keys(responses)) {
        if (status >= "300") delete responses[status];
        else delete responses[status].headers;
      }
    }
  }
  return copy;
}

/** The types of schema.ts for a document. */
export async function renderSchema(document) {
  // With its defaults the generator would ask callers for what the server fills in.
  const types = astToString(
    await openapiTS(withoutFailures(document), { defaultNonNullable: false }),
  );
  const options = await resolveConfig(new URL("../src/schema.ts", import.meta.url));
  return format(header + types, { ...options, parser: "typescript" });
}
