// Stands between client and server, and loses, delays or replaces what goes through.
import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/**
 * - `pass`: to the server and back.
 * - `lose`: the server does it, and its answer is lost.
 * - `half`: the same, after half of the body.
 * - `refuse`: the server never sees it.
 * - an answer: is given instead of the server's.
 */
export type Fate =
  | "pass"
  | "lose"
  | "half"
  | "refuse"
  | { status: number; headers?: Record<string, string>; body?: string };

export class Proxy {
  readonly seen: Seen[] = [];
  /** What becomes of a request; WebSockets are always refused. */
  fate: (seen: Seen, earlier: number) => Fate | Promise<Fate> = () => "pass";

  private readonly open = new Map<string, number>();
  private readonly most = new Map<string, number>();

  private constructor(
    readonly url: string,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<Proxy> {
    const server = createServer((incoming, outgoing) => void proxy.serve(incoming, outgoing));
    server.on("upgrade", (_, socket) => socket.destroy());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const proxy = new Proxy(`http://127.0.0.1:${String(port)}`, target);
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
    return proxy;
  }

  /** The requests for a method and path, such as `POST /v1/posts`. */
  calls(what: string): Seen[] {
    return this.seen.filter(({ method, path }) => `${method} ${path}` === what);
  }

  /** How many of these requests there were at the same time. */
  mostAtOnce(what: string): number {
    return this.most.get(what) ?? 0;
  }

  private begin(what: string, outgoing: ServerResponse): void {
    const now = (this.open.get(what) ?? 0) + 1;
    this.open.set(what, now);
    this.most.set(what, Math.max(now, this.mostAtOnce(what)));
    outgoing.on("close", () => this.open.set(what, (this.open.get(what) ?? 0) - 1));
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let body = "";
    for await (const piece of incoming) body += String(piece);
    const { method = "", url = "", headers } = incoming;
    const seen: Seen = { method, path: url.replace(/\?.*/, ""), headers, body };
    const earlier = this.calls(`${method} ${seen.path}`).length;
    this.seen.push(seen);
    this.begin(`${method} ${seen.path}`, outgoing);
    const fate = await this.fate(seen, earlier);
    if (fate === "refuse") {
      incoming.socket.destroy();
    } else if (typeof fate === "object") {
      outgoing.writeHead(fate.status, fate.headers).end(fate.body);
    } else {
      this.forward(incoming, outgoing, body, fate);
    }
  }

  private forward(
    { method, url, headers, socket }: IncomingMessage,
    outgoing: ServerResponse,
    body: string,
    fate: Fate,
  ): void {
    const onward = request(`${this.target}${url ?? ""}`, { method, headers }, (answer) => {
      if (fate === "pass") {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
        answer.pipe(outgoing);
        outgoing.on("close", () => answer.destroy());
        return;
      }
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("end", () => {
        if (fate === "half") {
          const whole = Buffer.concat(pieces);
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          outgoing.write(whole.subarray(0, whole.length / 2), () => socket.destroy());
        } else {
          socket.destroy();
        }
      });
    });
    onward.on("error", () => socket.destroy());
    onward.end(body);
  }
}
