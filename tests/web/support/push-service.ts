// What stands outside of the product: a browser maker's push service, and how browsers subscribe with it.
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { type BrowserContext } from "@playwright/test";

export interface Subscription {
  endpoint: string;
  expirationTime: null;
  keys: { p256dh: string; auth: string };
}

const PUBLIC_KEY_BYTES = 65;
const TAG_BYTES = 16;

/** One that a browser made; what is sent to it only it can read (RFC 8291). */
class Subscriber {
  readonly messages: string[] = [];
  private readonly key = createECDH("prime256v1");
  private readonly point = this.key.generateKeys();
  private readonly auth = randomBytes(16);

  constructor(readonly endpoint: string) {}

  get subscription(): Subscription {
    const keys = {
      p256dh: this.point.toString("base64url"),
      auth: this.auth.toString("base64url"),
    };
    return { endpoint: this.endpoint, expirationTime: null, keys };
  }

  take(body: Buffer): void {
    const salt = body.subarray(0, 16);
    const sender = body.subarray(21, 21 + PUBLIC_KEY_BYTES);
    const sealed = body.subarray(21 + PUBLIC_KEY_BYTES);
    const derive = (secret: Buffer, salted: Buffer, info: (string | Buffer)[], bytes: number) => {
      const whole = Buffer.concat(info.map((part) => Buffer.from(part)));
      return Buffer.from(hkdfSync("sha256", secret, salted, whole, bytes));
    };
    const info = ["WebPush: info\0", this.point, sender];
    const secret = derive(this.key.computeSecret(sender), this.auth, info, 32);
    const key = derive(secret, salt, ["Content-Encoding: aes128gcm\0"], 16);
    const nonce = derive(secret, salt, ["Content-Encoding: nonce\0"], 12);
    const decipher = createDecipheriv("aes-128-gcm", key, nonce);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = Buffer.concat([
      decipher.update(sealed.subarray(0, -TAG_BYTES)),
      decipher.final(),
    ]);
    this.messages.push(plain.subarray(0, plain.lastIndexOf(2)).toString());
  }
}

export class PushService {
  readonly subscribers: Subscriber[] = [];

  private readonly server = createServer((asked, answer) => {
    const pieces: Buffer[] = [];
    asked.on("data", (piece: Buffer) => pieces.push(piece));
    asked.on("end", () => {
      const known = this.subscribers.find(({ endpoint }) => endpoint.endsWith(asked.url ?? ""));
      known?.take(Buffer.concat(pieces));
      answer.writeHead(known ? 201 : 410).end();
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await ended;
  }

  subscribe(): Subscription {
    const { port } = this.server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}/push/${this.subscribers.length}`;
    const subscriber = new Subscriber(endpoint);
    this.subscribers.push(subscriber);
    return subscriber.subscription;
  }

  /** Lets the pages of a browser subscribe here: Chromium knows its maker's service alone. */
  async serve(context: BrowserContext): Promise<void> {
    await context.exposeFunction("subscribeForTest", () => this.subscribe());
    await context.addInitScript(() => {
      const KEPT = "test.subscription";
      interface Kept {
        key: string;
        json: Subscription;
      }
      const { subscribeForTest } = window as unknown as {
        subscribeForTest: () => Promise<Subscription>;
      };
      const like = ({ key, json }: Kept) => ({
        endpoint: json.endpoint,
        options: {
          applicationServerKey: Uint8Array.from(
            atob(key.replaceAll("-", "+").replaceAll("_", "/")),
            (letter) => letter.charCodeAt(0),
          ).buffer,
        },
        toJSON: () => json,
        unsubscribe: () => {
          localStorage.removeItem(KEPT);
          return Promise.resolve(true);
        },
      });
      Object.assign(PushManager.prototype, {
        getSubscription: () => {
          const kept = localStorage.getItem(KEPT);
          return Promise.resolve(kept === null ? null : like(JSON.parse(kept) as Kept));
        },
        subscribe: async ({ applicationServerKey: key }: { applicationServerKey: string }) => {
          const kept = { key, json: await subscribeForTest() };
          localStorage.setItem(KEPT, JSON.stringify(kept));
          return like(kept);
        },
      });
    });
  }
}
