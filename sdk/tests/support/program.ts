// Runs the real program on a folder of its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { until } from "./until.js";

const root = resolve(import.meta.dirname, "../../..");
const binary = resolve(
  root,
  process.env.FRESHET_PROGRAM ?? join(process.env.FRESHET_BUILD ?? "build/release", "freshet"),
);
// The variables of the tests are no options of the program.
const env = { PATH: process.env.PATH };

/** A server that tests start, stop and start again; who makes one removes it. */
export class Program {
  private process: ChildProcess | undefined;
  private output = "";
  private port = 0;

  protected constructor(
    readonly folder: string,
    private readonly options: Readonly<Record<string, string>>,
  ) {}

  static async run(options: Record<string, string> = {}): Promise<Program> {
    const program = new Program(await Program.newFolder(), options);
    await program.start();
    return program;
  }

  protected static newFolder(): Promise<string> {
    return mkdtemp(join(tmpdir(), "freshet-web-"));
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    const address = join(this.folder, "address");
    await rm(address, { force: true });
    const options = {
      "rate_limits.enabled": "false",
      "passwords.memory_kib": "64",
      "passwords.iterations": "1",
      ...this.options,
    };
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const listen = `127.0.0.1:${String(this.port)}`;
    const child = spawn(binary, ["serve", "--data", this.folder, "--listen", listen, ...flags], {
      env,
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

  /** Ends it, and all that it kept. */
  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs a subcommand on the server's folder; what it printed. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(binary, [...words, "--data", this.folder], {
      env,
    });
    return stdout;
  }
}
