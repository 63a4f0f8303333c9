import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 60_000,
    unstubGlobals: true,
    hookTimeout: 60_000,
    // Each file runs servers of its own.
    maxWorkers: 2,
  },
});
