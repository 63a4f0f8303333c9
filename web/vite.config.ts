import react from "@vitejs/plugin-react";
import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

// `npm start` serves the page while it is written, and passes calls of the API on to a running freshet.
const server = process.env.FRESHET_SERVER ?? "http://127.0.0.1:8080";

const WORKER = "sw.js";

/** Tells the service worker which files this build is made of. */
function build(): Plugin {
  return {
    name: "freshet:build",
    enforce: "post", // after index.html
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      const index = bundle["index.html"];
      if (worker?.type !== "chunk" || index?.type !== "asset") this.error("a part is missing");
      // It runs as a classic script, alone.
      if (worker.imports.length > 0 || worker.exports.length > 0) this.error("the worker imports");
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const digest = (text: string | Uint8Array, encoding: "hex" | "base64") =>
        createHash("sha256").update(text).digest(encoding);
      const described = {
        // Names carry hashes of what is in them.
        version: digest([...files, worker.code, index.source].join("\n"), "hex").slice(0, 16),
        files: files.map((name) => `/${name}`).sort(),
        integrity: `sha256-${digest(index.source, "base64")}`,
      };
      worker.code = worker.code.replace("__BUILD__", () => JSON.stringify(described));
    },
  };
}

export default defineConfig({
  plugins: [react(), build()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    // Everything is a file of its own: the page's policy admits no data: script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", sw: "src/worker/sw.ts" },
      output: {
        // Browsers look for a new worker at the address of the one they have.
        entryFileNames: ({ name }) => (name === "sw" ? WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    proxy: { "/v1": { target: server, ws: true }, "/avatars": server },
  },
});
