// The demo world, small, and the visitor who is signed in to look at it.
import { type Browser } from "@playwright/test";
import { Program } from "../../../sdk/tests/support/program.js";
import { type Person, World } from "./world.js";

const PEOPLE = "60";
const SEED = "7";

export async function visitDemo(
  browser: Browser,
  visit: (visitor: Person, world: World) => Promise<void>,
): Promise<void> {
  const server = await Program.prepare();
  try {
    await server.command("demo", "--people", PEOPLE, "--seed", SEED);
    await server.command("admin", "accounts", "grant-admin", "demo");
    await server.start();
    const world = new World(server, browser);
    const visitor = await world.enter("demo", "freshet-demo");
    await visitor.post("Where do you go when the rivers are high?");
    await server.command("residents", "--pace", "1", "--actions", "300");
    await visit(visitor, world);
  } finally {
    await server.remove();
  }
}
