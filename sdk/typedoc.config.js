import { OptionDefaults } from "typedoc";

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  entryPoints: ["src/index.ts"],
  out: "../build/docs/sdk",
  name: "@freshet/client",
  readme: "README.md",
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  treatWarningsAsErrors: true,
  // How the types of calls are derived; what comes of it is documented.
  intentionallyNotExported: [
    "AnyPage",
    "BodyPart",
    "JsonOf",
    "OperationOf",
    "PathPart",
    "QueryPart",
    "Success",
  ],
  // The generator of schema.ts writes these.
  blockTags: [...OptionDefaults.blockTags, "@description", "@enum", "@constant"],
};
