// Tells the server which posts were looked at and for how long; what was seen goes down in the ranked feed.
import { useCallback, useEffect, useRef } from "react";
import { tracker } from "../core/tracker";

const SEEN_MS = 1_000;
const LONGEST_MS = 10 * 60_000;

export function useSeen(): (element: HTMLElement | null) => void {
  const since = useRef(new Map<Element, number>());
  const observer = useRef<IntersectionObserver>(undefined);

  const leave = (element: Element) => {
    const from = since.current.get(element);
    since.current.delete(element);
    const id = element.querySelector<HTMLElement>("[data-post]")?.dataset["post"];
    const dwell = from === undefined ? 0 : Math.min(performance.now() - from, LONGEST_MS);
    if (id === undefined || dwell < SEEN_MS) return;
    tracker().track({ type: "view", subject: { kind: "post", id }, dwell_ms: Math.round(dwell) });
  };
  const look = useRef(leave);
  useEffect(() => {
    look.current = leave;
  });

  useEffect(() => {
    const entered = since.current;
    const hide = () => {
      if (document.visibilityState === "visible") return;
      const now = [...entered.keys()];
      now.forEach((element) => look.current(element));
    };
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      [...entered.keys()].forEach((element) => look.current(element));
      observer.current?.disconnect();
      observer.current = undefined;
    };
  }, []);

  return useCallback((element) => {
    if (!element) return;
    observer.current ??= new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          if (!isIntersecting) look.current(target);
          else if (!since.current.has(target)) since.current.set(target, performance.now());
        }
      },
      { threshold: 0.5 },
    );
    observer.current.observe(element);
  }, []);
}
