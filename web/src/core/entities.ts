// What the server told of posts and people, once for the whole page: a like that is given in one list shows in all.
import { useCallback, useSyncExternalStore } from "react";

type Listener = () => void;

interface Identified {
  readonly id: string;
}

const KEPT = 4_000;

export class Entities<T extends Identified> {
  readonly #all = new Map<string, T>();
  readonly #listeners = new Map<string, Set<Listener>>();

  get(id: string): T | undefined {
    return this.#all.get(id);
  }

  has(id: string): boolean {
    return this.#all.has(id);
  }

  put(...entities: T[]): void {
    for (const entity of entities) {
      this.#all.delete(entity.id); // the newest stand last
      this.#all.set(entity.id, entity);
      this.#tell(entity.id);
    }
    this.#forgetOldest();
  }

  /** Changes what is known of `id`; nothing when nothing is. */
  change(id: string, change: (entity: T) => T): void {
    const entity = this.#all.get(id);
    if (!entity) return;
    this.#all.set(id, change(entity));
    this.#tell(id);
  }

  remove(id: string): void {
    if (this.#all.delete(id)) this.#tell(id);
  }

  clear(): void {
    const ids = [...this.#all.keys()];
    this.#all.clear();
    ids.forEach((id) => this.#tell(id));
  }

  ids(): IterableIterator<string> {
    return this.#all.keys();
  }

  subscribe(id: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }

  #tell(id: string): void {
    this.#listeners.get(id)?.forEach((listener) => listener());
  }

  // A page that stays open all day must not grow; what is shown is kept.
  #forgetOldest(): void {
    if (this.#all.size <= KEPT * 1.25) return;
    for (const id of this.#all.keys()) {
      if (this.#all.size <= KEPT) return;
      if (!this.#listeners.has(id)) this.#all.delete(id);
    }
  }
}

export function useEntity<T extends Identified>(entities: Entities<T>, id: string): T | undefined {
  const subscribe = useCallback(
    (listener: Listener) => entities.subscribe(id, listener),
    [entities, id],
  );
  return useSyncExternalStore(subscribe, () => entities.get(id));
}
