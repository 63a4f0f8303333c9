// Writes that could not be sent wait here, across reloads, and are sent once, in order.
import { type FreshetError } from "@freshet/client";

export type Method = "post" | "put" | "patch" | "delete";

export interface Write {
  method: Method;
  /** With its parameters filled in: "/v1/posts/12/like". */
  path: string;
  body?: unknown;
  /** Writes of one topic overrule each other: only the last of what waits is sent. */
  topic?: string;
}

interface Waiting extends Write {
  id: string; // also the Idempotency-Key
  account: string; // who wrote it
}

type Send = (write: Write, idempotencyKey: string) => Promise<unknown>;
type Outcome<T> = { state: "sent"; answer: T } | { state: "waiting" };

const KEY = "freshet.outbox";
const MOST = 200;

export class Outbox {
  #listeners = new Set<() => void>();
  #refused: ((write: Write, error: FreshetError) => void) | undefined;

  constructor(
    private readonly send: Send,
    /** Who is signed in; what others wrote is left alone. */
    private readonly owner: () => string,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly locks: Pick<LockManager, "request">,
  ) {}

  /** How many writes wait. */
  get size(): number {
    return this.#own().length;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told of writes that waited and were then refused by the server. */
  onRefused(listener: (write: Write, error: FreshetError) => void): void {
    this.#refused = listener;
  }

  /**
   * Sends `write`; when the server cannot be reached it waits and is sent later.
   * Throws the FreshetError of a server that refuses it.
   */
  async write<T>(write: Write): Promise<Outcome<T>> {
    const waiting: Waiting = { ...write, id: crypto.randomUUID(), account: this.owner() };
    // What was written before about the same thing goes first.
    if (this.#own().some((other) => other.topic !== undefined && other.topic === write.topic)) {
      this.#keep(waiting);
      void this.flush();
      return { state: "waiting" };
    }
    try {
      return { state: "sent", answer: (await this.send(write, waiting.id)) as T };
    } catch (error) {
      if (!isUnreachable(error) || this.size >= MOST) throw error;
      this.#keep(waiting);
      return { state: "waiting" };
    }
  }

  /** Sends what waits, oldest first; ends at the first that cannot be sent. One window at a time. */
  async flush(): Promise<void> {
    if (this.size > 0) await this.locks.request(KEY, () => this.#sendAll());
  }

  clear(): void {
    this.#save([]);
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#own()[0]; next; next = this.#own()[0]) {
      const { id, account, ...write } = next;
      try {
        await this.send(write, id);
      } catch (error) {
        if (isUnreachable(error)) return;
        if (account !== this.owner()) return;
        this.#refused?.(write, error as FreshetError);
      }
      this.#save(this.#waiting().filter((other) => other.id !== id));
    }
  }

  #keep(write: Waiting): void {
    const others = this.#waiting().filter(
      (other) =>
        write.topic === undefined || other.topic !== write.topic || other.account !== write.account,
    );
    this.#save([...others, write]);
  }

  #own(): Waiting[] {
    const owner = this.owner();
    return this.#waiting().filter(({ account }) => account === owner);
  }

  // Read each time, because other windows write here too.
  #waiting(): Waiting[] {
    try {
      return JSON.parse(this.storage.getItem(KEY) ?? "[]") as Waiting[];
    } catch {
      return [];
    }
  }

  #save(waiting: Waiting[]): void {
    if (waiting.length === 0) this.storage.removeItem(KEY);
    else this.storage.setItem(KEY, JSON.stringify(waiting));
    this.#listeners.forEach((listener) => listener());
  }
}

/** Nothing came back, or the server said that it is not able to answer now. */
export function isUnreachable(error: unknown): boolean {
  const { kind, status } = error as Partial<FreshetError>;
  return (
    kind === "network" || kind === "timeout" || status === 502 || status === 503 || status === 504
  );
}
