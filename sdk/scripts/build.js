// usage: npm run -w sdk build [-- FOLDER]
//
// Makes the package as it is published in FOLDER (default build/sdk): modules and their types, and freshet.min.js,
// the whole client in one file for pages without a bundler.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import typescript from "typescript";
import { bundle } from "./bundle.js";

const here = (path) => resolve(import.meta.dirname, "..", path);

function compile(outDir) {
  const { config } = typescript.readConfigFile(here("tsconfig.json"), typescript.sys.readFile);
  const { options } = typescript.parseJsonConfigFileContent(config, typescript.sys, here("."));
  const program = typescript.createProgram([here("src/index.ts")], {
    ...options,
    types: [],
    rootDir: here("src"),
    outDir,
    declaration: true,
    stripInternal: false,
  });
  const findings = [...typescript.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (!findings.length) return;
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => here("."),
    getNewLine: () => "\n",
  };
  throw new Error(typescript.formatDiagnostics(findings, host));
}

export async function buildPackage(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  compile(resolve(folder, "dist"));
  await writeFile(resolve(folder, "freshet.min.js"), await bundle());
  await copyFile(here("README.md"), resolve(folder, "README.md"));
  await copyFile(here("../LICENSE"), resolve(folder, "LICENSE"));
  const { name, version, description, license, type, sideEffects } = JSON.parse(
    await readFile(here("package.json"), "utf8"),
  );
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./freshet.min.js": "./freshet.min.js",
  };
  const manifest = { name, version, description, license, type, sideEffects, exports };
  await writeFile(resolve(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

if (process.argv[1] === import.meta.filename) {
  const folder = resolve(process.argv[2] ?? here("../build/sdk"));
  await buildPackage(folder);
  console.log(`the package is in ${folder}`);
}
