import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { FreshetError } from "../src/index.js";
import { FakeClock, HastyClock } from "./support/clock.js";
import { Proxy } from "./support/proxy.js";
import { Server, accountOf } from "./support/server.js";

async function refusal(call: Promise<unknown>): Promise<FreshetError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FreshetError);
  return error as FreshetError;
}

test("every method does what the document says", async () => {
  const server = await Server.start();
  const ana = await server.signUp("ana");
  const ben = await server.signUp("ben");
  const post = await ana.post("/v1/posts", { body: { text: "hello, world" } });
  const path = { id: post.id };
  expect((await ben.get("/v1/posts/{id}", { path })).text).toBe("hello, world");
  expect((await ana.patch("/v1/posts/{id}", { path, body: { text: "hello" } })).text).toBe("hello");
  expect((await ben.put("/v1/posts/{id}/like", { path })).viewer.liked).toBe(true);
  const found = await ben.get("/v1/accounts/lookup", { query: { username: "ana" } });
  expect(found.id).toBe(accountOf(ana).id);
  expect(await ana.call("delete", "/v1/posts/{id}", { path })).toMatchObject({ status: 204 });
  expect((await refusal(ben.get("/v1/posts/{id}", { path }))).status).toBe(404);
});

test("a refused call says why, for programs and for people", async () => {
  const server = await Server.start();
  const ana = await server.signUp("ana");
  const error = await refusal(
    ana.post("/v1/posts", { body: { text: "x", location: { name: "?", lat: 99, lng: 0 } } }),
  );
  expect(error).toMatchObject({ kind: "problem", status: 422, code: "invalid" });
  expect(error.errors).toMatchObject([{ field: "/location/lat" }]);
  expect(error.message).toBe(error.detail);
  expect(error.requestId).toMatch(/./);
});

test("an answer that no freshet gave is an error all the same", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  proxy.fate = () => ({ status: 413, headers: { "Content-Type": "text/html" }, body: "<h1>no" });
  const freshet = server.client({ baseUrl: proxy.url });
  const error = await refusal(freshet.get("/v1/me"));
  expect(error).toMatchObject({ kind: "problem", status: 413, code: "http_413", errors: [] });
});

test.each(["lose", "half", "refuse"] as const)(
  "what is done though its answer is lost is done once: %s",
  async (fate) => {
    const server = await Server.start();
    const proxy = await Proxy.start(server.url);
    const ana = await server.signUp("ana", { baseUrl: proxy.url, clock: new HastyClock() });
    proxy.fate = (_, earlier) => (earlier < 2 ? fate : "pass");
    const post = await ana.post("/v1/posts", { body: { text: "once" } });
    const calls = proxy.calls("POST /v1/posts");
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    proxy.fate = () => "pass";
    const path = { id: accountOf(ana).id };
    const { items } = await ana.get("/v1/accounts/{id}/posts", { path });
    expect(items.map(({ id }) => id)).toEqual([post.id]);
  },
);

test("a key of one's own is sent", async () => {
  const server = await Server.start();
  const ana = await server.signUp("ana");
  const publish = (text: string) =>
    ana.post("/v1/posts", { body: { text }, idempotencyKey: "draft-7" });
  expect((await publish("once")).id).toBe((await publish("once")).id);
  expect((await refusal(publish("another"))).code).toBe("idempotency_key_reused");
});

test("attempts are bounded", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  proxy.fate = () => "refuse";
  const options = { baseUrl: proxy.url, clock: new HastyClock(), retries: 2 };
  const error = await refusal(server.client(options).get("/readyz"));
  expect(error).toMatchObject({ kind: "network", code: "network", status: 0 });
  expect(proxy.seen).toHaveLength(3);
});

test("a server that asks for time gets it", async () => {
  const server = await Server.start({
    "rate_limits.enabled": "true",
    "rate_limits.publish_burst": "1",
    "rate_limits.publish_per_minute": "60",
  });
  const proxy = await Proxy.start(server.url);
  const ana = await server.signUp("ana", { baseUrl: proxy.url });
  for (const text of ["first", "second"]) await ana.post("/v1/posts", { body: { text } });
  // Sooner, the second would have been refused again.
  expect(proxy.calls("POST /v1/posts")).toHaveLength(3);
});

test.each([429, 503])("Retry-After of a %i is respected, up to a limit", async (status) => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const clock = new HastyClock();
  const ana = await server.signUp("ana", { baseUrl: proxy.url, clock });
  const busy = (seconds: string) => ({ status, headers: { "Retry-After": seconds } });
  proxy.fate = (_, earlier) => (earlier === 0 ? busy("7") : "pass");
  await ana.post("/v1/posts", { body: { text: "patience" } });
  expect(clock.waits).toHaveLength(1);
  expect(clock.waits[0]).toBeGreaterThanOrEqual(7000);
  expect(clock.waits[0]).toBeLessThan(7300);
  proxy.fate = () => busy("3600");
  const error = await refusal(ana.post("/v1/posts", { body: { text: "too long" } }));
  expect(error).toMatchObject({ status, retryAfterMs: 3_600_000 });
  expect(clock.waits).toHaveLength(1);
});

test("an edit under a condition is not repeated", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const ana = await server.signUp("ana", { baseUrl: proxy.url, clock: new HastyClock() });
  const { id } = await ana.post("/v1/posts", { body: { text: "first" } });
  const read = await ana.call("get", "/v1/posts/{id}", { path: { id } });
  const etag = read.headers.get("ETag") ?? "";
  expect(etag).not.toBe("");
  proxy.fate = ({ method }) => (method === "PATCH" ? "lose" : "pass");
  const edit = { path: { id }, body: { text: "second" }, headers: { "If-Match": etag } };
  expect((await refusal(ana.patch("/v1/posts/{id}", edit))).kind).toBe("network");
  expect(proxy.calls(`PATCH /v1/posts/${id}`)).toHaveLength(1);
  proxy.fate = () => "pass";
  expect((await refusal(ana.patch("/v1/posts/{id}", edit))).status).toBe(412);
});

test("a call ends with its signal", async () => {
  const clock = new FakeClock();
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  proxy.fate = () => ({ status: 503, headers: { "Retry-After": "20" } });
  const control = new AbortController();
  const freshet = server.client({ baseUrl: proxy.url, clock });
  const call = freshet.get("/v1/me", { signal: control.signal });
  while (!clock.waits.some((wait) => wait >= 20_000)) await new Promise(setImmediate);
  control.abort(new Error("never mind"));
  await expect(call).rejects.toThrow("never mind");
  await expect(freshet.get("/v1/me", { signal: control.signal })).rejects.toThrow("never mind");
  expect(proxy.seen).toHaveLength(1);
});

test("a signal keeps nothing of a call that is over, and still ends the reading of an answer", async () => {
  const server = await Server.start();
  const ana = await server.signUp("ana");
  const { signal } = new AbortController();
  await (await ana.fetch("/v1/me/export", { signal })).arrayBuffer();
  await refusal(ana.fetch("/v1/nothing", { signal }));
  await refusal(ana.get("/v1/posts/{id}", { path: { id: "1" }, signal }));
  expect(getEventListeners(signal, "abort")).toHaveLength(0);

  const control = new AbortController();
  const endless: typeof fetch = (_, init) =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: (body) => {
            init?.signal?.addEventListener("abort", () => {
              body.error(init.signal?.reason);
            });
          },
        }),
      ),
    );
  const answer = await server.client({ fetch: endless }).fetch("/x", { signal: control.signal });
  const text = answer.text();
  control.abort(new Error("enough"));
  await expect(text).rejects.toThrow("enough");
});

test("an answer that takes too long is given up", async () => {
  const clock = new FakeClock();
  const server = await Server.start();
  const never: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => {
        reject(new DOMException("aborted", "AbortError"));
      });
    });
  const call = server.client({ clock, fetch: never, retries: 0 }).get("/v1/me");
  await new Promise(setImmediate);
  clock.advance(15_000);
  expect(await refusal(call)).toMatchObject({ kind: "timeout", code: "timeout", status: 0 });
});

test("lists are walked to their end, page by page, and no further than is asked", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const ana = await server.signUp("ana", { baseUrl: proxy.url });
  const wanted: string[] = [];
  for (let number = 0; number < 25; number++) {
    wanted.unshift((await ana.post("/v1/posts", { body: { text: String(number) } })).id);
  }
  const path = "/v1/accounts/{id}/posts";
  const list = { path: { id: accountOf(ana).id }, query: { limit: 10 } };
  const found: string[] = [];
  for await (const post of ana.items(path, list)) found.push(post.id);
  expect(found).toEqual(wanted);
  const sizes: number[] = [];
  for await (const page of ana.pages(path, list)) sizes.push(page.items.length);
  expect(sizes).toEqual([10, 10, 5]);
  const before = proxy.seen.length;
  for await (const post of ana.items(path, list)) if (post.id === wanted[9]) break;
  expect(proxy.seen).toHaveLength(before + 1);
});

test("what is no JSON comes as it is", async () => {
  const server = await Server.start();
  const ana = await server.signUp("ana");
  const archive = await ana.fetch("/v1/me/export");
  expect(archive.headers.get("Content-Type")).toContain("zip");
  const bytes = new Uint8Array(await archive.arrayBuffer());
  expect([...bytes.slice(0, 2)]).toEqual([0x50, 0x4b]);
});
