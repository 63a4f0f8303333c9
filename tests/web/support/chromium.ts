// Debian's browser: Playwright's own is not downloaded.
import { type LaunchOptions } from "@playwright/test";

export const chromium: LaunchOptions = {
  executablePath: "/usr/bin/chromium",
  // Chromium's sandbox refuses to start for root, as in containers.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
};
