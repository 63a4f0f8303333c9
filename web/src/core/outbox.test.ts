import { FreshetError } from "@freshet/client";
import { beforeEach, describe, expect, it } from "vitest";
import { Outbox, type Write } from "./outbox";

const offline = new FreshetError({ kind: "network", status: 0, code: "", title: "", detail: "" });
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
  let failure: FreshetError | undefined;
  let account: string;
  let sent: { path: string; key: string }[];
  const open = () =>
    new Outbox(
      async ({ path }: Write, key: string) => {
        if (failure) return Promise.reject(failure);
        sent.push({ path, key });
        return Promise.resolve({ path });
      },
      () => account,
      storage,
      locks as unknown as LockManager,
    );
  const paths = () => sent.map(({ path }) => path);

  beforeEach(() => {
    storage = new Memory();
    locks = new Locks();
    failure = undefined;
    account = "ana";
    sent = [];
  });

  it("sends at once what can be sent", async () => {
    const outcome = await open().write({ method: "post", path: "/a" });
    expect(outcome).toEqual({ state: "sent", answer: { path: "/a" } });
  });

  it("keeps what cannot be sent, across reloads, and sends it once in order", async () => {
    failure = offline;
    const before = open();
    for (const path of ["/a", "/b"])
      expect(await before.write({ method: "post", path })).toEqual({ state: "waiting" });
    failure = undefined;
    const after = open();
    expect(after.size).toBe(2);
    await Promise.all([after.flush(), after.flush(), before.flush()]);
    expect(paths()).toEqual(["/a", "/b"]);
    expect(after.size).toBe(0);
  });

  it("sends a repetition under the key of the first attempt", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write({ method: "post", path: "/a" });
    const [waiting] = JSON.parse(storage.getItem("freshet.outbox") ?? "[]") as { id: string }[];
    failure = undefined;
    await outbox.flush();
    expect(sent).toEqual([{ path: "/a", key: waiting?.id }]);
  });

  it("sends only the last of what was said about one thing", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write({ method: "put", path: "/like", topic: "like 1" });
    await outbox.write({ method: "delete", path: "/like", topic: "like 1" });
    failure = undefined;
    await outbox.flush();
    expect(sent).toHaveLength(1);
  });

  it("sends what somebody wrote as nobody else", async () => {
    failure = offline;
    const outbox = open();
    await outbox.write({ method: "post", path: "/by-ana" });
    failure = undefined;
    account = "ben";
    await outbox.flush();
    expect([outbox.size, paths()]).toEqual([0, []]);
    account = "ana";
    await outbox.flush();
    expect(paths()).toEqual(["/by-ana"]);
  });

  it("says what is refused, at once or later", async () => {
    failure = refused;
    const outbox = open();
    await expect(outbox.write({ method: "post", path: "/a" })).rejects.toBe(refused);
    expect(outbox.size).toBe(0);
    failure = offline;
    await outbox.write({ method: "post", path: "/b" });
    const told: string[] = [];
    outbox.onRefused(({ path }) => told.push(path));
    failure = refused;
    await outbox.flush();
    expect(told).toEqual(["/b"]);
    expect(outbox.size).toBe(0);
  });
});
