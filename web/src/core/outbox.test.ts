import { FreshetError } from "@freshet/client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox, type Write } from "./outbox";

const offline = new FreshetError({ kind: "network", status: 0, code: "", title: "", detail: "" });
const passing = new FreshetError({
  kind: "problem",
  status: 429,
  code: "",
  title: "",
  detail: "",
  retryAfterMs: 5_000,
});
const ended = new FreshetError({ kind: "problem", status: 401, code: "", title: "", detail: "" });
const refused = new FreshetError({ kind: "problem", status: 403, code: "", title: "", detail: "" });

class Memory {
  readonly #all = new Map<string, string>();
  getItem = (key: string) => this.#all.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#all.set(key, value);
  removeItem = (key: string) => void this.#all.delete(key);
}

// One holder of a name at a time, as the browser's locks are.
class Locks {
  #last: Promise<unknown> = Promise.resolve();
  request = <T>(_: string, run: () => Promise<T>): Promise<T> => {
    const next = this.#last.then(run);
    this.#last = next.catch(() => undefined);
    return next;
  };
}

describe("Outbox", () => {
  let storage: Memory;
  let locks: Locks;
  let failure: Error | undefined;
  let tried: { sent: string; key: string }[];
  let done: string[];
  let account: string | undefined;
  let now: number;
  let hold: Promise<void> | undefined;

  const open = () =>
    new Outbox({
      send: async ({ method, path }: Write, key: string) => {
        tried.push({ sent: `${method} ${path}`, key });
        const failing = failure;
        await hold;
        if (failing) throw failing;
        done.push(`${method} ${path}`);
        return { path };
      },
      owner: () => account,
      storage,
      locks: locks as unknown as LockManager,
      now: () => now,
    });
  const like = (method: "put" | "delete"): Write => ({ method, path: "/like", topic: "like 1" });
  const post = (path: string): Write => ({ method: "post", path });

  const underWay = (count: number) => vi.waitFor(() => expect(tried).toHaveLength(count));

  beforeEach(() => {
    storage = new Memory();
    locks = new Locks();
    failure = undefined;
    hold = undefined;
    tried = [];
    done = [];
    account = "ana";
    now = 1_000_000;
  });

  it("sends at once what can be sent", async () => {
    const outbox = open();
    expect(await outbox.write(post("/a"))).toEqual({ state: "sent", answer: { path: "/a" } });
    expect(storage.getItem("freshet.outbox")).toBeNull();
  });

  it("keeps what cannot be sent, across reloads, and sends it once in order", async () => {
    failure = offline;
    const before = open();
    for (const path of ["/a", "/b"])
      expect(await before.write(post(path))).toEqual({ state: "waiting" });
    failure = undefined;
    const after = open();
    expect(after.size).toBe(2);
    await Promise.all([after.flush(), after.flush(), before.flush()]);
    expect(done).toEqual(["post /a", "post /b"]);
    expect(after.size).toBe(0);
  });

  it("sends a repetition under the key of the first attempt", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(post("/a"));
    failure = undefined;
    await outbox.flush();
    expect(tried).toHaveLength(2);
    expect(tried[0]?.key).toBe(tried[1]?.key);
  });

  it("sends what was under way when the page was left, once it is sure that nobody does", async () => {
    hold = new Promise(() => undefined);
    void open().write(post("/a"));
    await underWay(1);
    hold = undefined;
    const next = open();
    await next.flush();
    expect(done).toEqual([]);
    now += 120_000;
    await next.flush();
    expect(done).toEqual(["post /a"]);
    expect(tried[0]?.key).toBe(tried[1]?.key);
  });

  it("sends only the last of what was said about one thing", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(like("put"));
    await outbox.write(like("delete"));
    failure = undefined;
    await outbox.flush();
    expect(done).toEqual(["delete /like"]);
  });

  it("does not let a write that is late overrule a later one", async () => {
    let release: (() => void) | undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    failure = offline;
    const outbox = open();
    const first = outbox.write(like("put"));
    await underWay(1);
    failure = undefined;
    const second = outbox.write(like("delete"));
    release?.();
    expect(await first).toEqual({ state: "overruled" });
    expect(await second).toMatchObject({ state: "sent" });
    await outbox.flush();
    expect(done).toEqual(["delete /like"]);
  });

  it("takes back what was not sent yet", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(like("put"));
    expect([outbox.withdraw("like 1"), outbox.withdraw("like 1"), outbox.size]).toEqual([
      true,
      false,
      0,
    ]);
  });

  it("waits as long as the server asks for", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(post("/a"));
    failure = passing;
    await outbox.flush();
    failure = undefined;
    await outbox.flush();
    expect(done).toEqual([]);
    now += 5_000;
    await outbox.flush();
    expect(done).toEqual(["post /a"]);
  });

  it("refuses to repeat what the server may have forgotten that it did", async () => {
    failure = offline;
    const outbox = open();
    const told: string[] = [];
    outbox.onRefused(({ path }) => told.push(path));
    await outbox.write(post("/a"));
    await outbox.write(like("put"));
    failure = undefined;
    now += 24 * 3_600_000;
    await outbox.flush();
    expect([told, done]).toEqual([["/a"], ["put /like"]]);
  });

  it("sends what somebody wrote as nobody else", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(post("/by-ana"));
    failure = undefined;
    account = "ben";
    await outbox.flush();
    expect([outbox.size, done]).toEqual([0, []]);
    account = "ana";
    await outbox.flush();
    expect(done).toEqual(["post /by-ana"]);
    account = undefined;
    await expect(outbox.write(post("/by-nobody"))).rejects.toMatchObject({ code: "signed_out" });
  });

  it("tells what was answered to what waited, unless something later was said about it", async () => {
    failure = offline;
    const outbox = open();
    const told: unknown[] = [];
    outbox.onSent(({ path }, answer) => told.push([path, answer]));
    await outbox.write(post("/a"));
    await outbox.write(like("put"));
    failure = undefined;
    let release: (() => void) | undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const flushed = outbox.flush();
    await underWay(3);
    const later = outbox.write(like("delete"));
    release?.();
    await Promise.all([flushed, later]);
    expect(told).toEqual([["/a", { path: "/a" }]]);
  });

  it("still has what is refused while that is told", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(post("/a"));
    failure = refused;
    const sizes: number[] = [];
    outbox.onRefused(() => sizes.push(outbox.size));
    await outbox.flush();
    expect([...sizes, outbox.size]).toEqual([1, 0]);
  });

  it("keeps everything for somebody whose session ended", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write(post("/a"));
    await outbox.write(like("put"));
    const told: string[] = [];
    outbox.onRefused(({ path }) => told.push(path));
    failure = ended;
    await outbox.flush();
    expect(await outbox.write(post("/b"))).toEqual({ state: "waiting" });
    expect([outbox.size, told, tried.length]).toEqual([3, [], 4]);
    failure = undefined;
    await outbox.flush();
    expect(done).toEqual(["post /a", "put /like", "post /b"]);
  });

  it("keeps what was answered with something that nobody can read", async () => {
    failure = new SyntaxError("Unexpected token '<'");
    const outbox = open();
    expect(await outbox.write(post("/a"))).toEqual({ state: "waiting" });
    await outbox.flush();
    expect(outbox.size).toBe(1);
    failure = undefined;
    await outbox.flush();
    expect(done).toEqual(["post /a"]);
    expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
  });

  it("says what is refused, at once or later", async () => {
    failure = refused;
    const outbox = open();
    await expect(outbox.write(post("/a"))).rejects.toBe(refused);
    expect(outbox.size).toBe(0);
    failure = offline;
    await outbox.write(post("/b"));
    const told: string[] = [];
    outbox.onRefused(({ path }) => told.push(path));
    failure = refused;
    await outbox.flush();
    expect(told).toEqual(["/b"]);
    expect(outbox.size).toBe(0);
  });
});
