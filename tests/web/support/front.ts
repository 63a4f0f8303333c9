// What stands before a server: passes everything on, unless a test changes what comes back, as another build would.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

type Change = (path: string, body: string) => string | undefined;

export class Front {
  /** Of what pages are made of: another text for what is at a path, if it is another. */
  change: Change = () => undefined;
  /** What comes first, before anything is passed on. */
  before: () => Promise<number | undefined> = () => Promise.resolve(undefined);

  private readonly server = createServer((asked, answer) => void this.pass(asked, answer));

  constructor(public behind: string) {}

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await ended;
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const status = await this.before();
    if (status !== undefined) {
      answer.writeHead(status).end();
      return;
    }
    // Whole answers, as they are.
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    delete headers["if-none-match"];
    const { method, url = "/" } = asked;
    const passed = request(this.behind + url, { method, headers }, (got) => {
      const pieces: Buffer[] = [];
      got.on("data", (piece: Buffer) => pieces.push(piece));
      got.on("end", () => {
        const whole = Buffer.concat(pieces);
        const { pathname } = new URL(url, this.url);
        const changed = method === "GET" ? this.change(pathname, whole.toString()) : undefined;
        const fields = { ...got.headers };
        delete fields["content-length"];
        delete fields.etag;
        answer.writeHead(got.statusCode ?? 502, fields).end(changed ?? whole);
      });
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }
}
