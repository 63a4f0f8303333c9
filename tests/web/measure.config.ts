import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.js";

// `npm run -w tests/web measure` prints the page's figures.
export default defineConfig(tests, {
  testMatch: "measure.ts",
  workers: 1,
  timeout: 0,
  use: { trace: "off", screenshot: "off" },
});
