// Where one was on a page, kept for each entry of the browser's history, so that going back leads to it.
import { randomId } from "@freshet/client";
import { useEffect, useMemo } from "react";

interface Place {
  offset: number;
  /** Heights of a list's items, by key. */
  heights: Map<string, number>;
}

const MOST = 50;
const places = new Map<string, Place>();

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

/** The place that belongs to the present entry of the history. */
export function usePlace(list: string): Place {
  const place = useMemo(() => {
    const key = `${currentKey()} ${list}`;
    const known = places.get(key) ?? { offset: 0, heights: new Map<string, number>() };
    places.delete(key);
    places.set(key, known);
    const oldest = places.keys().next();
    if (places.size > MOST && !oldest.done) places.delete(oldest.value);
    return known;
  }, [list]);
  useEffect(() => {
    history.scrollRestoration = "manual";
    const remember = () => {
      place.offset = scrollY;
    };
    addEventListener("scroll", remember, { passive: true });
    return () => removeEventListener("scroll", remember);
  }, [place]);
  return place;
}
