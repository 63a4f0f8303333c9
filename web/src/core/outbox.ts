// Writes are kept before they are sent: what cannot be sent now, or was under way when the page was left, is sent
// later, across reloads and windows, once and in order.
import { FreshetError, isPassing, randomId } from "@freshet/client";

export type Method = "post" | "put" | "patch" | "delete";

export interface Write {
  method: Method;
  /** With its parameters filled in: "/v1/posts/12/like". */
  path: string;
  body?: unknown;
  /** What the write is about: of two about one thing the later counts, whatever became of the first. */
  topic?: string;
}

interface Kept extends Write {
  id: string; // also the Idempotency-Key
  account: string; // who wrote it
  at: number;
  /** Being sent by the window that wrote it; or waiting for another attempt. */
  state: "sending" | "waiting";
}

type Send = (write: Write, idempotencyKey: string) => Promise<unknown>;

/** `waiting`: it could not be sent and is sent later. `overruled`: a later write of its topic took its place. */
export type Outcome<T> =
  { state: "sent"; answer: T } | { state: "waiting" } | { state: "overruled" };

export interface OutboxParts {
  send: Send;
  /** Who is signed in; undefined when that is not known. What others wrote is left alone. */
  owner: () => string | undefined;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Not there in insecure contexts; two windows may then send the same, under one key. */
  locks?: Pick<LockManager, "request"> | undefined;
  now?: () => number;
}

const KEY = "freshet.outbox";
const MOST = 200;
/** The code of what waited longer than it can be sent. */
export const TOO_OLD = "outbox_too_old";
// A send that its window did not finish in so long was left behind.
const LEFT_BEHIND_MS = 90_000;
// The server knows keys for a day; a POST that is older could be done twice.
const KEY_LIFETIME_MS = 23 * 3_600_000;

export class Outbox {
  #listeners = new Set<() => void>();
  #sent: ((write: Write, answer: unknown) => void) | undefined;
  #refused: ((write: Write, error: FreshetError) => void) | undefined;
  #underWay = new Map<string, Promise<unknown>>(); // by topic
  #notBefore = 0;
  readonly #now: () => number;

  constructor(private readonly parts: OutboxParts) {
    this.#now = parts.now ?? Date.now;
  }

  /** How many writes wait. */
  get size(): number {
    return this.#own().filter(({ state }) => state === "waiting").length;
  }

  /** Whether something is to be said about this that the server may not know yet. */
  has(topic: string): boolean {
    return this.#own().some((kept) => kept.topic === topic);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another window changed what is kept. */
  changed(): void {
    this.#listeners.forEach((listener) => listener());
  }

  /** Told what was answered to writes that waited. */
  onSent(listener: (write: Write, answer: unknown) => void): void {
    this.#sent = listener;
  }

  /** Told of writes that waited and were then refused. */
  onRefused(listener: (write: Write, error: FreshetError) => void): void {
    this.#refused = listener;
  }

  /** Sends `write`; what cannot be sent now waits. Throws the FreshetError of a server that refuses it. */
  async write<T>(write: Write): Promise<Outcome<T>> {
    const account = this.parts.owner();
    if (account === undefined || this.#own().length >= MOST) throw unknownOwner(account);
    const kept: Kept = { ...write, id: randomId(), account, at: this.#now(), state: "sending" };
    this.#keep(kept);
    const before = write.topic === undefined ? undefined : this.#underWay.get(write.topic);
    const sent = this.#sendAfter<T>(before, kept);
    if (write.topic !== undefined) {
      const { topic } = write;
      this.#underWay.set(topic, sent);
      const forget = () => {
        if (this.#underWay.get(topic) === sent) this.#underWay.delete(topic);
      };
      sent.then(forget, forget);
    }
    return sent;
  }

  /** Takes a write back that was not sent yet. False when there is none. */
  withdraw(topic: string): boolean {
    const all = this.#all();
    const left = all.filter((kept) => kept.topic !== topic || kept.state !== "waiting");
    if (left.length === all.length) return false;
    this.#save(left);
    return true;
  }

  /** Sends what waits, oldest first; ends at the first that cannot be sent. One window at a time. */
  async flush(): Promise<void> {
    if (this.#due() === undefined || this.#now() < this.#notBefore) return;
    const { locks } = this.parts;
    await (locks ? locks.request(KEY, () => this.#sendAll()) : this.#sendAll());
  }

  clear(): void {
    this.#save([]);
  }

  async #sendAfter<T>(before: Promise<unknown> | undefined, kept: Kept): Promise<Outcome<T>> {
    await before?.catch(() => undefined);
    if (!this.#isKept(kept)) return { state: "overruled" };
    try {
      const answer = (await this.#send(kept)) as T;
      if (!this.#isKept(kept)) return { state: "overruled" };
      this.#drop(kept);
      return { state: "sent", answer };
    } catch (error) {
      if (!this.#isKept(kept)) return { state: "overruled" };
      if (!isRefusal(error)) {
        this.#replace({ ...kept, state: "waiting" });
        return { state: "waiting" };
      }
      this.#drop(kept);
      throw error;
    }
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#due(); next; next = this.#due()) {
      let answer: unknown;
      let refusal: FreshetError | undefined;
      try {
        if (next.method === "post" && this.#now() - next.at > KEY_LIFETIME_MS) throw tooOld();
        answer = await this.#send(next);
      } catch (error) {
        if (next.account !== this.parts.owner()) return;
        if (!isRefusal(error)) {
          const wait = error instanceof FreshetError ? error.retryAfterMs : undefined;
          this.#notBefore = this.#now() + (wait ?? 0);
          return;
        }
        refusal = error;
      }
      const counts = this.#isKept(next) && next.account === this.parts.owner();
      // Its words have a new place before they leave this one.
      if (counts && refusal) this.#refused?.(next, refusal);
      this.#drop(next);
      if (counts && !refusal) this.#sent?.(next, answer);
    }
  }

  #send({ method, path, body, id }: Kept): Promise<unknown> {
    return this.parts.send({ method, path, body }, id);
  }

  #due(): Kept | undefined {
    const leftBehind = this.#now() - LEFT_BEHIND_MS;
    return this.#own().find(({ state, at }) => state === "waiting" || at < leftBehind);
  }

  // What is on its way about the same thing is overruled too, should it fail.
  #keep(kept: Kept): void {
    const others = this.#all().filter(
      (other) =>
        kept.topic === undefined || other.topic !== kept.topic || other.account !== kept.account,
    );
    this.#save([...others, kept]);
  }

  #isKept({ id }: Kept): boolean {
    return this.#all().some((kept) => kept.id === id);
  }

  #replace(changed: Kept): void {
    this.#save(this.#all().map((kept) => (kept.id === changed.id ? changed : kept)));
  }

  #drop({ id }: Kept): void {
    this.#save(this.#all().filter((kept) => kept.id !== id));
  }

  #own(): Kept[] {
    const owner = this.parts.owner();
    return this.#all().filter(({ account }) => account === owner);
  }

  // Read each time, because other windows write here too.
  #all(): Kept[] {
    try {
      return JSON.parse(this.parts.storage.getItem(KEY) ?? "[]") as Kept[];
    } catch {
      return [];
    }
  }

  #save(all: Kept[]): void {
    if (all.length === 0) this.parts.storage.removeItem(KEY);
    else this.parts.storage.setItem(KEY, JSON.stringify(all));
    this.changed();
  }
}

/**
 * Whether the server will not have it. Else it may still be taken as it is: by a server that was away or busy, after an
 * answer that nobody could read, or when its writer has signed in again.
 */
function isRefusal(error: unknown): error is FreshetError {
  return error instanceof FreshetError && !isPassing(error) && error.status !== 401;
}

function unknownOwner(account: string | undefined): FreshetError {
  const code = account === undefined ? "signed_out" : "outbox_full";
  return new FreshetError({ kind: "network", code, title: "", detail: "" });
}

function tooOld(): FreshetError {
  return new FreshetError({ kind: "problem", code: TOO_OLD, title: "", detail: "" });
}
