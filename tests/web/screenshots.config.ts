import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.js";

// `npm run -w tests/web screenshots` takes the pictures of docs/screenshots/ anew.
export default defineConfig(tests, {
  testMatch: "screenshots.ts",
  workers: 1,
  timeout: 300_000,
  use: { trace: "off", screenshot: "off" },
});
