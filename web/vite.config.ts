import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm start` serves the page while it is written, and passes calls of the API on to a running freshet.
const server = process.env.FRESHET_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    // Everything is a file of its own: the page's policy admits no data: script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/v1": { target: server, ws: true }, "/avatars": server },
  },
});
