// A server for one test, and people who use it through the client.
import { onTestFinished } from "vitest";
import { Freshet, type FreshetOptions, type Schemas } from "../../src/index.js";
import { Program } from "./program.js";

export class Server extends Program {
  /** A running server on a fresh folder, both gone when the test ends. */
  static async start(options: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await Program.newFolder(), options);
    onTestFinished(() => server.remove());
    await server.start();
    return server;
  }

  client(options: FreshetOptions = {}): Freshet {
    return new Freshet({ baseUrl: this.url, ...options });
  }

  /** A client that a new person is signed in with. */
  async signUp(username: string, options: FreshetOptions = {}): Promise<Freshet> {
    const freshet = this.client(options);
    await freshet.session.signUp(person(username));
    return freshet;
  }

  /** The value of a metric; 0 before it is there. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const lines = text.split("\n").filter((line) => line.startsWith(name));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }
}

export const password = "correct horse";

export function person(username: string): Schemas["SignUp"] {
  return { username, password, display_name: username };
}

export function accountOf(freshet: Freshet): Schemas["Account"] {
  const { current } = freshet.session;
  if (!current) throw new Error("nobody is signed in");
  return current.account;
}
