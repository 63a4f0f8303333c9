import { expect, onTestFinished, test } from "vitest";
import type {
  Freshet,
  FreshetOptions,
  LiveStream,
  StreamEvent,
  StreamEventName,
  StreamEvents,
  StreamOptions,
  StreamState,
} from "../src/index.js";
import { FakeClock, HastyClock } from "./support/clock.js";
import { Page } from "./support/page.js";
import { Proxy } from "./support/proxy.js";
import { Server, accountOf, password } from "./support/server.js";
import { until } from "./support/until.js";

/** A stream with all that it told. */
class Listener {
  readonly events: StreamEvent[] = [];
  readonly states: StreamState[] = [];
  readonly stream: LiveStream;

  constructor(freshet: Freshet, options: Omit<StreamOptions, "onEvent"> = {}) {
    this.stream = freshet.stream({
      ...options,
      onEvent: (event) => this.events.push(event),
      onState: (state) => this.states.push(state),
    });
    onTestFinished(() => {
      this.stream.close();
    });
  }

  get status(): StreamState["status"] | undefined {
    return this.states.at(-1)?.status;
  }

  reaches(status: StreamState["status"]): Promise<unknown> {
    return until(`the stream to be ${status}`, () => this.status === status);
  }

  /** The first `count` events of this name. */
  async told<E extends StreamEventName>(name: E, count = 1): Promise<StreamEvents[E][]> {
    return until(`${String(count)} of ${name}`, () => {
      const found = this.events.filter(({ event }) => event === name);
      return found.length >= count ? found.map(({ data }) => data as StreamEvents[E]) : undefined;
    });
  }

  async texts(count: number): Promise<string[]> {
    return (await this.told("post.created", count)).map(({ post }) => post.text);
  }
}

const transports: [string, FreshetOptions][] = [
  ["websocket", {}],
  ["sse", { webSocket: null }],
];

async function world(options: FreshetOptions = {}, settings: Record<string, string> = {}) {
  const server = await Server.start(settings);
  const ana = await server.signUp("ana", options);
  const ben = await server.signUp("ben");
  await ana.put("/v1/accounts/{id}/follow", { path: { id: accountOf(ben).id } });
  return { server, ana, ben };
}

const publish = (freshet: Freshet, text: string) => freshet.post("/v1/posts", { body: { text } });
const like = (freshet: Freshet, id: string) => freshet.put("/v1/posts/{id}/like", { path: { id } });

test.each(transports)("what happens is told: %s", async (transport, options) => {
  const { ana, ben } = await world(options);
  const listener = new Listener(ana);
  await listener.reaches("open");
  expect(listener.states).toEqual([{ status: "connecting" }, { status: "open", transport }]);
  const { id } = await publish(ben, "live!");
  expect(await listener.texts(1)).toEqual(["live!"]);
  const path = { id };
  await ben.patch("/v1/posts/{id}", { path, body: { text: "edited" } });
  expect((await listener.told("post.updated"))[0]?.post.text).toBe("edited");
  await ben.delete("/v1/posts/{id}", { path });
  expect(await listener.told("post.deleted")).toEqual([{ id }]);
  await like(ben, (await publish(ana, "mine")).id);
  const [told] = await listener.told("notification");
  expect(told).toMatchObject({ unread_count: 1, notification: { type: "like" } });
});

test.each(transports)("counts of watched posts are told: %s", async (_, options) => {
  const { ana, ben } = await world({ ...options, clock: new HastyClock() });
  const [first, second] = [await publish(ben, "first"), await publish(ben, "second")];
  const listener = new Listener(ana);
  await listener.reaches("open");
  for (const { id } of [first, second]) {
    listener.stream.watch([id]);
    await until("the post to be watched", () =>
      listener.events.some(({ event, data }) => event === "subscribed" && data.posts[0]?.id === id),
    );
    await like(ben, id);
    await until("the count", () =>
      listener.events.some(
        ({ event, data }) => event === "post.counts" && data.id === id && data.counts.likes === 1,
      ),
    );
  }
});

test("over fetch, other posts are watched when the changes have settled, and nothing is missed", async () => {
  const server = await Server.start({ "stream.heartbeat": "100" });
  const proxy = await Proxy.start(server.url);
  const clock = new FakeClock();
  const ana = await server.signUp("ana", { baseUrl: proxy.url, clock, webSocket: null });
  const ben = await server.signUp("ben");
  const posts = [await publish(ben, "first"), await publish(ben, "second")];
  const listener = new Listener(ana);
  await listener.reaches("open");
  const connections = () => proxy.calls("GET /v1/stream").length;
  for (let change = 0; change < 10; change++) {
    listener.stream.watch([posts[change % 2]?.id ?? ""]);
    clock.advance(2_000);
    await new Promise(setImmediate);
  }
  expect(connections()).toBe(1);
  clock.advance(2_000);
  const watched = await until("the last to be watched", () =>
    listener.events.find(({ event, data }) => event === "subscribed" && data.posts.length),
  );
  expect(watched).toMatchObject({ data: { posts: [{ id: posts[1]?.id }] } });
  expect(connections()).toBe(2);
  expect(listener.states.map(({ status }) => status)).toEqual(["connecting", "open"]);
  expect(listener.events.map(({ event }) => event)).not.toContain("reset");
  await until("one to be left", async () => (await server.metric("freshet_streams_open")) === 1);
  await like(ana, posts[1]?.id ?? "");
  await listener.told("post.counts");
});

test("over fetch, a connection that cannot be made to watch other posts is made again", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const clock = new FakeClock();
  const options = { baseUrl: proxy.url, clock, webSocket: null, random: () => 1 };
  const ana = await server.signUp("ana", options);
  const { id } = await publish(await server.signUp("ben"), "watched");
  const listener = new Listener(ana);
  await listener.reaches("open");
  proxy.fate = () => "refuse";
  listener.stream.watch([id]);
  clock.advance(10_000);
  await listener.reaches("waiting");
  proxy.fate = () => "pass";
  clock.advance(1_000);
  await until("the post to be watched", () =>
    listener.events.some(({ event, data }) => event === "subscribed" && data.posts[0]?.id === id),
  );
  expect(listener.events.map(({ event }) => event)).toContain("reset");
});

test.each(transports)(
  "what was missed while the server restarted comes once, in order: %s",
  async (_, options) => {
    const clock = new FakeClock();
    const { server, ana, ben } = await world({ ...options, clock });
    const listener = new Listener(ana);
    await listener.reaches("open");
    await publish(ben, "seen");
    await listener.texts(1);
    await server.stop();
    await listener.reaches("waiting");
    await server.start();
    for (const text of ["missed", "missed too"]) await publish(ben, text);
    clock.advance(30_000);
    await listener.reaches("open");
    await publish(ben, "later");
    expect(await listener.texts(4)).toEqual(["seen", "missed", "missed too", "later"]);
    expect(listener.events.map(({ event }) => event)).not.toContain("reset");
  },
);

test.each(transports)(
  "a server that is killed is waited for, longer and longer: %s",
  async (_, options) => {
    const clock = new FakeClock();
    const { server, ana, ben } = await world({ ...options, clock, random: () => 1 });
    const listener = new Listener(ana);
    await listener.reaches("open");
    await publish(ben, "seen");
    await listener.texts(1);
    await server.stop("SIGKILL");
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      const state = await until("the next wait", () => {
        const last = listener.states.at(-1);
        return last?.status === "waiting" ? last : undefined;
      });
      waits.push(state.retryAt.getTime() - clock.now());
      clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    await server.start();
    await until("the stream to open", () => {
      clock.advance(1000);
      return listener.status === "open";
    });
  },
);

test("a stream that saw nothing yet cannot resume, and says so", async () => {
  const clock = new FakeClock();
  const { server, ana } = await world({ clock });
  const listener = new Listener(ana);
  await listener.reaches("open");
  await server.restart();
  await listener.reaches("waiting");
  clock.advance(30_000);
  await listener.told("reset");
});

test.each(transports)(
  "a stream goes on after an id, and tells nothing twice: %s",
  async (_, options) => {
    const { ana, ben } = await world(options);
    const seen = await publish(ben, "seen");
    for (const text of ["second", "third"]) await publish(ben, text);
    await until("the posts", async () => {
      const { items } = await ana.get("/v1/feed", { query: { order: "latest" } });
      return items.length === 3;
    });
    const listener = new Listener(ana, { lastEventId: seen.id });
    expect(await listener.texts(2)).toEqual(["second", "third"]);
    const { id } = await publish(ben, "fourth");
    expect(await listener.texts(3)).toEqual(["second", "third", "fourth"]);
    expect(listener.stream.lastEventId).toBe(id);
    const other = new Listener(ana, { lastEventId: "1" });
    await other.told("reset");
  },
);

test("an event that comes again is told once, and the greatest id is where it goes on", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const clock = new FakeClock();
  const options = { baseUrl: proxy.url, clock, webSocket: null };
  const ana = await server.signUp("ana", options);
  const messages = ["5", "10", "9", "5", "10"].map((id) => ({ id, event: "post.created" }));
  const body = messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join("");
  const headers = { "Content-Type": "text/event-stream" };
  proxy.fate = ({ path }) => (path === "/v1/stream" ? { status: 200, headers, body } : "pass");
  const listener = new Listener(ana);
  for (let connection = 1; connection <= 2; connection++) {
    await listener.reaches("waiting");
    clock.advance(1_000);
    await until("another connection", () => proxy.calls("GET /v1/stream").length > connection);
  }
  expect(listener.events.map(({ id }) => id)).toEqual(["5", "10", "9"]);
  const resumed = proxy.calls("GET /v1/stream").map(({ headers }) => headers["last-event-id"]);
  expect(resumed.slice(0, 3)).toEqual([undefined, "10", "10"]);
});

test.each(transports)("a share that is taken back is told: %s", async (_, options) => {
  const { ana, ben } = await world(options);
  const { id } = await publish(ana, "worth a share");
  await ben.post("/v1/posts/{id}/shares", { path: { id }, body: {} });
  const listener = new Listener(ana);
  await listener.reaches("open");
  await ben.delete("/v1/posts/{id}/shares/mine", { path: { id } });
  expect(await listener.told("post.unshared")).toEqual([{ id, account_id: accountOf(ben).id }]);
});

test("where WebSockets do not get through, events come over fetch", async () => {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const clock = new FakeClock();
  const ana = await server.signUp("ana", { baseUrl: proxy.url, clock });
  const listener = new Listener(ana);
  await listener.reaches("waiting");
  clock.advance(1000);
  await listener.reaches("open");
  expect(listener.states.at(-1)).toEqual({ status: "open", transport: "sse" });
  await publish(ana, "through");
  expect(await listener.texts(1)).toEqual(["through"]);
});

test.each(transports)("a stream outlives its token: %s", async (_, options) => {
  const { ana, ben } = await world(options, { "accounts.access_token_lifetime": "10000" });
  const listener = new Listener(ana, { firstDelayMs: 1 });
  await listener.reaches("open");
  await publish(ben, "before");
  await listener.texts(1);
  await until("another connection", () => {
    return listener.states.filter(({ status }) => status === "open").length === 2;
  });
  await publish(ben, "after");
  expect(await listener.texts(2)).toEqual(["before", "after"]);
});

test.each(transports)("a stream ends with its session: %s", async (_, options) => {
  const { server, ana } = await world(options, { "stream.heartbeat": "100" });
  const listener = new Listener(ana, { firstDelayMs: 1 });
  await listener.reaches("open");
  const other = server.client();
  await other.session.signIn({ username: "ana", password });
  await other.delete("/v1/me/sessions");
  await listener.reaches("closed");
  expect(listener.states.at(-1)).toEqual({ status: "closed", reason: "signed-out" });
  expect(ana.session.current).toBeNull();
});

test("a stream does not go on for somebody else", async () => {
  const { ana } = await world();
  const listener = new Listener(ana);
  await listener.reaches("open");
  await ana.session.signIn({ username: "ben", password });
  expect(listener.states.at(-1)).toEqual({ status: "closed", reason: "signed-out" });
});

test("nobody is told anything without being signed in", async () => {
  const server = await Server.start();
  const listener = new Listener(server.client());
  await listener.reaches("closed");
  expect(listener.states.at(-1)).toEqual({ status: "closed", reason: "signed-out" });
});

test.each(transports)("a connection that fell silent is taken for dead: %s", async (_, options) => {
  const clock = new FakeClock();
  const { ana } = await world({ ...options, clock });
  const listener = new Listener(ana);
  await listener.reaches("open");
  clock.advance(59_000);
  expect(listener.status).toBe("open");
  clock.advance(2_000);
  expect(listener.status).not.toBe("open");
  clock.advance(30_000);
  await listener.reaches("open");
});

test.each(transports)("a stream that is closed leaves the server: %s", async (_, options) => {
  const { server, ana } = await world(options);
  const listener = new Listener(ana);
  await until(
    "the stream to open",
    async () => (await server.metric("freshet_streams_open")) === 1,
  );
  await listener.reaches("open");
  listener.stream.close();
  await until(
    "the stream to close",
    async () => (await server.metric("freshet_streams_open")) === 0,
  );
  expect(listener.states.at(-1)).toEqual({ status: "closed", reason: "client" });
});

test("a stream comes back at once when the network does, or somebody looks again", async () => {
  const page = new Page();
  // Nothing comes back by itself: no time passes.
  const { server, ana } = await world({ clock: new FakeClock() });
  const listener = new Listener(ana);
  await listener.reaches("open");
  for (const comeBack of [
    () => {
      page.goOnline();
    },
    () => {
      page.show("visible");
    },
  ]) {
    await server.restart();
    await listener.reaches("waiting");
    page.show("hidden");
    expect(listener.status).toBe("waiting");
    comeBack();
    await listener.reaches("open");
  }
});
