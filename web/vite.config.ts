import react from "@vitejs/plugin-react";
import { defineConfig, type HtmlTagDescriptor, type Plugin } from "vite";

// `npm start` serves the page while it is written, and passes calls of the API on to a running freshet.
const server = process.env.FRESHET_SERVER ?? "http://127.0.0.1:8080";

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
  plugins: [react(), preloadPage()],
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
