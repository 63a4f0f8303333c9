import react from "@vitejs/plugin-react";
import { createHash } from "node:crypto";
import { build, defineConfig, type HtmlTagDescriptor, type Plugin } from "vite";

// `npm start` serves the page while it is written, and passes calls of the API on to a running freshet.
const server = process.env.FRESHET_SERVER ?? "http://127.0.0.1:8080";

// The service worker: one script by itself, which knows the files of the page.
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post", // after index.html
    async generateBundle(_, bundle) {
      const index = bundle["index.html"];
      if (index?.type !== "asset") this.error("index.html is not in the build");
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const digest = (encoding: "base64" | "hex") =>
        createHash("sha256").update(index.source).digest(encoding);
      const described = {
        version: createHash("sha256")
          .update([digest("hex"), ...files].join())
          .digest("hex"),
        files: files.map((name) => `/${name}`).sort(),
        integrity: `sha256-${digest("base64")}`,
      };
      const built = await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        define: { __BUILD__: JSON.stringify(described) },
        build: {
          write: false,
          rolldownOptions: { input: "src/worker/sw.ts", output: { format: "iife" } },
        },
      });
      if (!("output" in built)) this.error("one script was expected");
      this.emitFile({ type: "asset", fileName: "sw.js", source: built.output[0].code });
    },
  };
}

// The page's script is fetched while the small one runs that begins the visit, and not only when that asks for it.
function preloadPage(): Plugin {
  return {
    name: "preload-page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith("/src/page.tsx"));
        if (!page) throw new Error("the page's script is not in the build");
        const files = [page.fileName, ...page.imports].filter((file) => !html.includes(file));
        return files.map<HtmlTagDescriptor>((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "script", crossorigin: true, href: `/${file}` },
          injectTo: "head",
        }));
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), preloadPage(), serviceWorker()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    // Everything is a file of its own: the page's policy admits no data: script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What a visit begins with must not wait for what draws it.
            {
              name: "beginning",
              test: /preload-helper|\/sdk\/src\/|\/core\/(beginning|feed|freshet|remembered)\.ts/,
              priority: 2,
            },
            // One file for what several pages use: many small ones cost more than they spare.
            { name: "page", minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/v1": { target: server, ws: true }, "/avatars": server },
  },
});
