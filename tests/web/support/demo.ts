// The demo world, small, and the visitor who is signed in to look at it.
import { type Browser } from "@playwright/test";
import { Freshet } from "@freshet/client";
import { Program } from "../../../sdk/tests/support/program.js";
import { type Person, World } from "./world.js";

const PEOPLE = "60";
const SEED = "7";

/** Some whom the visitor follows answer something that the visitor wrote. */
async function greet(server: Program, visitor: Person): Promise<void> {
  const { id } = await visitor.post("Where do you go when the rivers are high?");
  const { items } = await visitor.freshet.get("/v1/accounts/{id}/following", {
    path: { id: visitor.id },
    query: { limit: 6 },
  });
  for (const [index, { username }] of items.entries()) {
    const token = await server.command("admin", "token", username, "--scope", "read,write");
    const freshet = new Freshet({ baseUrl: server.url, token: token.trim() });
    if (index < 4) await freshet.put("/v1/posts/{id}/like", { path: { id } });
    if (index === 2)
      await freshet.post("/v1/posts/{id}/comments", {
        path: { id },
        body: { text: "Up to the old mill. One hears it before one sees it." },
      });
    if (index > 2) await freshet.put("/v1/accounts/{id}/follow", { path: { id: visitor.id } });
  }
}

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
    await greet(server, visitor);
    await visit(visitor, world);
  } finally {
    await server.remove();
  }
}
