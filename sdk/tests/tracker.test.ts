import { expect, onTestFinished, test } from "vitest";
import type { EventTracker, Freshet, TrackerOptions, TrackerStorage } from "../src/index.js";
import { FakeClock } from "./support/clock.js";
import { Page } from "./support/page.js";
import { Proxy } from "./support/proxy.js";
import { Server, accountOf } from "./support/server.js";
import { until } from "./support/until.js";

const events = "POST /v1/events";

function storage(): TrackerStorage & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

class World {
  readonly clock = new FakeClock();
  readonly storage = storage();
  readonly trackers: EventTracker[] = [];
  ana!: Freshet;
  seen!: string;

  private constructor(
    readonly server: Server,
    readonly proxy: Proxy,
  ) {}

  static async make(): Promise<World> {
    const server = await Server.start();
    const world = new World(server, await Proxy.start(server.url));
    world.ana = await world.signUp("ana");
    world.seen = accountOf(world.ana).id;
    return world;
  }

  signUp(name: string): Promise<Freshet> {
    return this.server.signUp(name, { baseUrl: this.proxy.url, clock: this.clock });
  }

  tracker(freshet = this.ana, options: TrackerOptions = {}): EventTracker {
    const tracker = freshet.tracker({ storage: this.storage, ...options });
    onTestFinished(() => {
      tracker.close();
    });
    return tracker;
  }

  see(tracker: EventTracker, count: number): void {
    const subject = { kind: "account", id: this.seen };
    for (let number = 0; number < count; number++) tracker.track({ type: "view", subject });
  }

  /** How many events the server took. */
  taken(): Promise<number> {
    return this.server.metric('freshet_events_total{outcome="accepted"}');
  }

  /** The numbers of events in the requests so far. */
  sizes(): number[] {
    return this.proxy
      .calls(events)
      .map(({ body }) => (JSON.parse(body) as { events: unknown[] }).events.length);
  }

  answered(count: number): Promise<unknown> {
    return until(`${String(count)} requests to be answered`, () => {
      return this.sizes().length === count && !this.storage.kept.size;
    });
  }
}

test("ten events are sent at once", async () => {
  const world = await World.make();
  const tracker = world.tracker();
  world.see(tracker, 9);
  expect(world.sizes()).toEqual([]);
  world.see(tracker, 1);
  await world.answered(1);
  expect(world.sizes()).toEqual([10]);
  expect(await world.taken()).toBe(10);
});

test("fewer events are sent after five seconds", async () => {
  const world = await World.make();
  world.see(world.tracker(), 3);
  world.clock.advance(4_999);
  await new Promise(setImmediate);
  expect(world.sizes()).toEqual([]);
  world.clock.advance(1);
  await world.answered(1);
  expect(await world.taken()).toBe(3);
});

test("what happened offline is sent later, once", async () => {
  const world = await World.make();
  world.proxy.fate = () => "refuse";
  const tracker = world.tracker();
  world.see(tracker, 10);
  world.see(tracker, 4);
  await tracker.flush();
  expect(await world.taken()).toBe(0);
  world.proxy.fate = () => "pass";
  await until("the events", async () => {
    world.clock.advance(2_000);
    return (await world.taken()) === 14;
  });
  world.clock.advance(3_600_000);
  await tracker.flush();
  expect(await world.taken()).toBe(14);
  expect(world.storage.kept.size).toBe(0);
});

test("what waits survives the page, once", async () => {
  const world = await World.make();
  world.proxy.fate = () => "refuse";
  const before = world.tracker();
  world.see(before, 12);
  await before.flush();
  before.close();
  world.proxy.fate = () => "pass";
  world.tracker();
  world.clock.advance(30_000);
  await until("the events", async () => (await world.taken()) === 12);
  await until("nothing to wait", () => world.storage.kept.size === 0);
});

test.each(["lose", "half"] as const)(
  "events whose answer is lost are taken once: %s",
  async (fate) => {
    const world = await World.make();
    world.proxy.fate = (_, earlier) => (earlier < 2 ? fate : "pass");
    const tracker = world.tracker();
    world.see(tracker, 5);
    await tracker.flush();
    expect(await world.taken()).toBe(5);
    await until("the answer", () => {
      world.clock.advance(1_000);
      return world.storage.kept.size === 0;
    });
    const calls = world.proxy.calls(events);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
    expect(new Set(calls.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(await world.taken()).toBe(5);
  },
);

test("events whose answer is lost for a day are not sent again", async () => {
  const world = await World.make();
  world.proxy.fate = ({ path }) => (path === "/v1/events" ? "lose" : "pass");
  const tracker = world.tracker();
  world.see(tracker, 5);
  await tracker.flush();
  world.clock.advance(23 * 3_600_000);
  await tracker.flush();
  expect(world.sizes()).toEqual([5]);
  expect(world.storage.kept.size).toBe(0);
});

test("a page that is left does not send again what is under way", async () => {
  const world = await World.make();
  let goOn: (fate: "pass") => void = () => undefined;
  const held = new Promise<"pass">((resolve) => (goOn = resolve));
  world.proxy.fate = () => held;
  const tracker = world.tracker();
  world.see(tracker, 10);
  await until("the request", () => world.sizes().length);
  world.see(tracker, 1);
  tracker.close();
  await until("the other request", () => world.sizes().length === 2);
  goOn("pass");
  await world.answered(2);
  expect(world.sizes()).toEqual([10, 1]);
});

test("two pages with one storage send everything once", async () => {
  const world = await World.make();
  const pages = [world.tracker(), world.tracker()];
  for (let round = 0; round < 5; round++) {
    for (const page of pages) world.see(page, 3);
    world.clock.advance(1_000);
    await Promise.all(pages.map((page) => page.flush()));
  }
  await until("nothing to wait", () => world.storage.kept.size === 0);
  expect(await world.taken()).toBe(30);
  expect(world.sizes()).toHaveLength(10);
});

test("a page that is left sends what it has", async () => {
  const world = await World.make();
  const tracker = world.tracker();
  world.see(tracker, 2);
  tracker.close();
  world.see(tracker, 1);
  await world.answered(1);
  expect(await world.taken()).toBe(2);
});

test("what one person saw is not sent for another", async () => {
  const world = await World.make();
  const tracker = world.tracker();
  world.proxy.fate = ({ path }) => (path === "/v1/events" ? "refuse" : "pass");
  world.see(tracker, 10);
  await tracker.flush();
  world.see(tracker, 2);
  await world.ana.session.signOut();
  world.see(tracker, 1);
  const other = { username: "ben", password: "correct horse", display_name: "Ben" };
  await world.ana.session.signUp(other);
  world.proxy.fate = () => "pass";
  world.see(tracker, 1);
  await tracker.flush();
  expect(await world.taken()).toBe(1);
  await world.ana.session.signOut();
  await world.ana.session.signIn({ username: "ana", password: "correct horse" });
  await tracker.flush();
  expect(await world.taken()).toBe(13);
});

test("what is refused for good is not sent again", async () => {
  const world = await World.make();
  const tracker = world.tracker();
  tracker.track({ type: "teleport", subject: { kind: "post", id: "1" } });
  await tracker.flush();
  expect(world.storage.kept.size).toBe(0);
  tracker.track({ type: "", subject: { kind: "post", id: "1" } });
  await tracker.flush();
  expect(world.storage.kept.size).toBe(0);
  expect(world.sizes()).toEqual([1, 1]);
  expect(await world.taken()).toBe(0);
});

test("the oldest give way, and a storage that fails hinders nobody", async () => {
  const world = await World.make();
  world.proxy.fate = () => "refuse";
  const tracker = world.tracker(world.ana, { most: 25 });
  world.see(tracker, 40);
  const [kept = "[]"] = world.storage.kept.values();
  expect((JSON.parse(kept) as unknown[]).length).toBe(2);
  const broken = (): never => {
    throw new Error("denied");
  };
  const other = world.tracker(world.ana, {
    storage: { getItem: broken, setItem: broken, removeItem: broken },
  });
  world.see(other, 11);
  await other.flush();
});

test("offline nothing is tried, and back online it goes at once", async () => {
  const page = new Page();
  const world = await World.make();
  const tracker = world.tracker();
  page.goOffline();
  world.see(tracker, 10);
  await tracker.flush();
  expect(world.sizes()).toEqual([]);
  page.goOnline();
  await world.answered(1);
  expect(await world.taken()).toBe(10);
});

test.each(["hidden", "left"])(
  "a page that is %s sends what it has in a request that outlives it",
  async (how) => {
    const page = new Page();
    const world = await World.make();
    const outliving: unknown[] = [];
    const watched: typeof fetch = (input, init) => {
      outliving.push(init?.keepalive);
      return fetch(input, init);
    };
    const ben = world.server.client({
      baseUrl: world.proxy.url,
      clock: world.clock,
      fetch: watched,
    });
    await ben.session.signUp({ username: "ben", password: "correct horse", display_name: "Ben" });
    const tracker = world.tracker(ben);
    world.see(tracker, 2);
    if (how === "hidden") page.show("hidden");
    else page.leave();
    await world.answered(1);
    expect(outliving.at(-1)).toBe(true);
    expect(await world.taken()).toBe(2);
  },
);

test("what waits of somebody who leaves the browser is forgotten", async () => {
  const world = await World.make();
  const tracker = world.tracker();
  world.proxy.fate = ({ path }) => (path === "/v1/events" ? "refuse" : "pass");
  world.see(tracker, 10);
  await tracker.flush();
  world.see(tracker, 2);
  tracker.forget(accountOf(world.ana).id);
  expect([...world.storage.kept]).toEqual([]);
  world.proxy.fate = () => "pass";
  world.see(tracker, 1);
  await tracker.flush();
  expect(await world.taken()).toBe(1);
});
