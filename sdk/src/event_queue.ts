import { platform } from "./platform.js";
import type { Schemas } from "./types.js";

/** Where events wait. `localStorage` is such a place. */
export type TrackerStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** @internal Events that are sent together, always under one key: so the server takes them once. */
export interface Batch {
  readonly key: string;
  /** When its first event came. */
  readonly began: number;
  /** When it was sent for the first time. */
  readonly tried?: number;
  readonly events: readonly Schemas["ClientEvent"][];
}

/**
 * @internal The batches that wait, for each account apart. Every change reads what is there and writes it back, since other
 * tabs use the same storage.
 */
export class EventQueue {
  constructor(
    private readonly storage: TrackerStorage,
    private readonly most: number,
  ) {}

  batches(account: string): Batch[] {
    try {
      const kept: unknown = JSON.parse(this.storage.getItem(nameFor(account)) ?? "[]");
      return Array.isArray(kept) ? (kept as Batch[]) : [];
    } catch {
      return [];
    }
  }

  /** Adds the batch, or replaces the one with its key. The oldest give way to it. */
  put(account: string, batch: Batch): void {
    const all = this.batches(account);
    const at = all.findIndex(({ key }) => key === batch.key);
    all.splice(at < 0 ? all.length : at, 1, batch);
    let events = all.reduce((sum, one) => sum + one.events.length, 0);
    while (events > this.most && all.length > 1) events -= all.shift()?.events.length ?? 0;
    this.write(account, all);
  }

  remove(account: string, key: string): void {
    this.write(
      account,
      this.batches(account).filter((batch) => batch.key !== key),
    );
  }

  clear(account: string): void {
    this.write(account, []);
  }

  private write(account: string, batches: Batch[]): void {
    const name = nameFor(account);
    try {
      if (batches.length) this.storage.setItem(name, JSON.stringify(batches));
      else this.storage.removeItem(name);
    } catch {
      // A full storage keeps what it has; what people do must not depend on it.
    }
  }
}

/** @internal Forgets with the page. */
export function memoryStorage(): TrackerStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

/** @internal `localStorage` where there is one that may be used. */
export function defaultStorage(): TrackerStorage {
  try {
    return platform.localStorage ?? memoryStorage();
  } catch {
    return memoryStorage();
  }
}

const nameFor = (account: string) => `freshet.events.${account}`;
