// Runs the real program on a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { Freshet, type FreshetOptions, type Schemas } from "../../src/index.js";
import { until } from "./until.js";

const root = resolve(import.meta.dirname, "../../..");
const binary = resolve(
  root,
  process.env.FRESHET_PROGRAM ?? join(process.env.FRESHET_BUILD ?? "build/release", "freshet"),
);

export class Server {
  private process: ChildProcess | undefined;
  private output = "";

  private port = 0;

  private constructor(
    readonly folder: string,
    private readonly options: Readonly<Record<string, string>>,
  ) {}

  /** A running server on a fresh folder, both gone when the test ends. */
  static async start(options: Record<string, string> = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "freshet-sdk-"));
    const server = new Server(folder, {
      "rate_limits.enabled": "false",
      "passwords.memory_kib": "64",
      "passwords.iterations": "1",
      ...options,
    });
    onTestFinished(async () => {
      await server.stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    });
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    const address = join(this.folder, "address");
    await rm(address, { force: true });
    const flags = Object.entries(this.options).map(([name, value]) => `--${name}=${value}`);
    const listen = `127.0.0.1:${String(this.port)}`;
    const child = spawn(binary, ["serve", "--data", this.folder, "--listen", listen, ...flags], {
      env: { PATH: process.env.PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    child.once("error", (error) => (this.output = error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on(
        "data",
        (piece: Buffer) => (this.output = (this.output + piece.toString()).slice(-4000)),
      );
    }
    const url = await until("the server to start", async () => {
      if (child.exitCode !== null || !child.pid) {
        throw new Error(
          `the server ended (FRESHET_PROGRAM or FRESHET_BUILD says where it is): ${this.output}`,
        );
      }
      return (await readFile(address, "utf8").catch(() => "")).trim();
    });
    // It keeps its port when it starts again.
    this.port = Number(new URL(url).port);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
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
