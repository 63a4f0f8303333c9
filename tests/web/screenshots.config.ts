import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.js";
import { wholeChromium } from "./support/chromium.js";

// `npm run -w tests/web screenshots` takes the pictures of docs/pictures/ anew.
export default defineConfig(tests, {
  testMatch: "screenshots.ts",
  workers: 1,
  timeout: 300_000,
  use: {
    trace: "off",
    screenshot: "off",
    // As people see the page: with the scroll bar that it leaves room for.
    launchOptions: { ...wholeChromium, ignoreDefaultArgs: ["--hide-scrollbars"] },
  },
});
