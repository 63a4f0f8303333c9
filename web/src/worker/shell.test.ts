import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isGone, isPageAddress, Shell } from "./shell";

const ORIGIN = "https://freshet.example";
const FILE = "/assets/index-1.js";

/** What browsers do with caches, as far as it is used. */
class Caches {
  readonly all = new Map<string, Map<string, string>>();

  constructor(private readonly served: (url: string) => string | undefined) {}

  open(name: string): Promise<Cache> {
    const entries = this.all.get(name) ?? new Map<string, string>();
    this.all.set(name, entries);
    const absolute = (request: Request | string) =>
      new URL(typeof request === "string" ? request : request.url, ORIGIN).href;
    return Promise.resolve({
      addAll: (requests: (Request | string)[]) => {
        const got = requests.map((request) => [absolute(request), this.served(absolute(request))]);
        if (got.some(([, body]) => body === undefined)) return Promise.reject(new TypeError());
        for (const [url, body] of got) entries.set(url ?? "", body ?? "");
        return Promise.resolve();
      },
      match: (request: Request | string) => {
        const body = entries.get(absolute(request));
        return Promise.resolve(body === undefined ? undefined : new Response(body));
      },
    } as Cache);
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.all.keys()]);
  }

  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.all.delete(name));
  }
}

const integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const build = (version: string) => ({ version, files: [FILE], integrity });
const visit = new Request(`${ORIGIN}/saved`);
const away = () => Promise.reject(new TypeError("away"));

let caches: Caches;
let fetched: ReturnType<typeof vi.fn<(request: Request) => Promise<Response>>>;
let shell: Shell;

beforeEach(async () => {
  vi.stubGlobal("location", new URL(`${ORIGIN}/sw.js`));
  caches = new Caches((url) => `kept ${new URL(url).pathname}`);
  fetched = vi.fn(() => Promise.resolve(new Response("fresh")));
  shell = new Shell(build("1"), { caches, fetch: fetched });
  await shell.keep();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const textOf = async (answer: Promise<Response>) => (await answer).text();

describe("the page", () => {
  it("comes from the server", async () => {
    expect(await textOf(shell.page(visit))).toBe("fresh");
  });

  it("is the answer that the browser asked for early", async () => {
    const early = Promise.resolve(new Response("early"));
    expect(await textOf(shell.page(visit, early))).toBe("early");
    expect(fetched).not.toHaveBeenCalled();
  });

  it("says what the server says of it", async () => {
    fetched.mockResolvedValue(new Response("no page", { status: 404 }));
    expect((await shell.page(visit)).status).toBe(404);
  });

  it("is the kept one when the server is away, or something before it says so", async () => {
    fetched.mockImplementation(away);
    expect(await textOf(shell.page(visit))).toBe("kept /");
    expect(await textOf(shell.page(visit, away()))).toBe("kept /");
    fetched.mockResolvedValue(new Response("", { status: 502 }));
    expect(await textOf(shell.page(visit))).toBe("kept /");
  });

  it("is the kept one after a while without an answer", async () => {
    vi.useFakeTimers();
    fetched.mockImplementation(() => new Promise(() => undefined));
    const page = textOf(shell.page(visit));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await page).toBe("kept /");
  });

  it("fails as without a worker where nothing was kept", async () => {
    await shell.drop();
    fetched.mockImplementation(away);
    await expect(shell.page(visit)).rejects.toThrow("away");
    fetched.mockResolvedValue(new Response("", { status: 503 }));
    expect((await shell.page(visit)).status).toBe(503);
  });
});

describe("the files", () => {
  it("are not asked for again", async () => {
    expect(await textOf(shell.file(new Request(ORIGIN + FILE)))).toBe(`kept ${FILE}`);
    expect(fetched).not.toHaveBeenCalled();
  });

  it("are those of the build alone", () => {
    expect(shell.has(FILE)).toBe(true);
    expect(shell.has("/assets/index-2.js")).toBe(false);
  });

  it("of other builds go, and what is not the page's stays", async () => {
    await caches.open("somebody.else");
    const next = new Shell(build("2"), { caches, fetch: fetched });
    await next.keep();
    await next.dropOthers();
    expect(await caches.keys()).toEqual(["somebody.else", "freshet.shell.2"]);
    await next.drop();
    expect(await caches.keys()).toEqual(["somebody.else"]);
  });
});

describe("addresses", () => {
  it.each(["/", "/saved", "/@ana.b", "/tags/docs", "/docsy", "/admin/topics", "/posts/1"])(
    "%s is the page's",
    (path) => expect(isPageAddress(path)).toBe(true),
  );

  it.each(["/v1", "/v1/feed", "/docs", "/metrics", "/openapi.json", "/admin/claim", "/avatars/1"])(
    "%s is not",
    (path) => expect(isPageAddress(path)).toBe(false),
  );
});

describe("the worker", () => {
  const answer = (status: number, type: string) =>
    new Response(null, { status, headers: { "Content-Type": type } });

  it.each([
    ["its script is there", 200, "text/javascript; charset=utf-8", false],
    ["the server is busy", 503, "text/html", false],
    ["somebody wants a password", 401, "text/html", false],
    ["there is no script", 404, "application/problem+json", true],
    ["there will be none", 410, "text/plain", true],
    ["there is something else", 200, "text/html", true],
  ])("knows what it means that %s", (_, status, type, gone) => {
    expect(isGone(answer(status, type))).toBe(gone);
  });
});
