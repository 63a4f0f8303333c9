// Where one was on a page, kept for each entry of the browser's history, so that going back leads to it.
import { randomId } from "@freshet/client";
import { useLayoutEffect, useState } from "react";

const MOST = 50;

/** A map that forgets what was not asked for the longest. */
class Recent<T> {
  readonly #all = new Map<string, T>();

  get(key: string): T | undefined {
    const value = this.#all.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#all.delete(key);
    this.#all.set(key, value);
    const oldest = this.#all.keys().next();
    if (this.#all.size > MOST && !oldest.done) this.#all.delete(oldest.value);
  }
}

const offsets = new Recent<number>();
const heights = new Recent<Map<string, number>>();

interface State {
  freshetKey?: string;
}

function currentKey(): string {
  const state = history.state as State | null;
  if (state?.freshetKey) return state.freshetKey;
  const key = randomId();
  history.replaceState({ ...state, freshetKey: key }, "");
  return key;
}

// What one came back to and did not scroll since. Its page may be too short at first, while its list loads.
let returning: { key: string; offset: number } | undefined;

let visiting = false;

function offset(): number {
  const key = currentKey();
  return returning?.key === key ? returning.offset : (offsets.get(key) ?? 0);
}

/** Begins to remember where the window is scrolled to. */
export function rememberPlaces(): void {
  history.scrollRestoration = "manual";
  // By the history's entry, not by what is drawn: the page before may still be there, and shrink.
  addEventListener("scroll", () => offsets.set(currentKey(), scrollY), { passive: true });
  for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(moved, () => (returning = undefined), { passive: true, capture: true });
}

/** Leads a page that was opened to its beginning, and one that was come back to where it was. */
export function useArrivalPlace(path: string): void {
  useLayoutEffect(() => {
    returning = { key: currentKey(), offset: offset() };
    // Where a visit begins nothing is scrolled, and to scroll nowhere would lay the page out once more.
    if (!location.hash && (visiting || returning.offset > 0))
      scrollTo({ top: returning.offset, behavior: "instant" });
    visiting = true;
  }, [path]);
}

interface Place {
  /** Where the window was scrolled to. */
  offset: number;
  /** Heights of a list's items, by key. */
  heights: Map<string, number>;
}

/** The place that a list had at the present entry of the history. */
export function usePlace(list: string): Place {
  const [place] = useState(() => {
    const key = `${currentKey()} ${list}`;
    const known = heights.get(key) ?? new Map<string, number>();
    heights.set(key, known);
    return { offset: offset(), heights: known };
  });
  return place;
}
