import { expect, test as base } from "@playwright/test";
import { Program } from "../../../sdk/tests/support/program.js";
import { World } from "./world.js";

export { expect };

interface Fixtures {
  /** Options of the server, for `test.use`. */
  options: Record<string, string>;
  /** A server of the test's own, and whoever joins it. */
  world: World;
}

export const test = base.extend<Fixtures>({
  options: [{}, { option: true }],
  world: async ({ browser, options }, use) => {
    const server = await Program.run(options);
    try {
      const world = new World(server, browser);
      await use(world);
      await Promise.all(browser.contexts().map((context) => context.close()));
      expect(world.problems, "what browsers complained of").toEqual([]);
    } finally {
      await server.remove();
    }
  },
});
