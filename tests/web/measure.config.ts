import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.js";
import { wholeChromium } from "./support/chromium.js";

// `npm run -w tests/web measure` prints the page's figures.
export default defineConfig(tests, {
  testMatch: "measure.ts",
  workers: 1,
  timeout: 0,
  use: { trace: "off", screenshot: "off", launchOptions: wholeChromium },
});
