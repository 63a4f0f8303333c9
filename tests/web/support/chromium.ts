// Debian's browser: Playwright's own is not downloaded.
import { type LaunchOptions } from "@playwright/test";

// Chromium's sandbox refuses to start for root, as in containers.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** The same engine without a browser around it, which takes half the time. */
export const chromium: LaunchOptions = {
  executablePath: "/usr/bin/chromium-headless-shell",
  args,
};

/** With all that people have: notifications, scroll bars, and what all that costs. */
export const wholeChromium: LaunchOptions = { executablePath: "/usr/bin/chromium", args };
