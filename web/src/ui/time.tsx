import { useEffect, useState } from "react";
import { useWords } from "../i18n";

// One clock for all times on the page.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function useNow(): number {
  const [shown, setShown] = useState(now);
  useEffect(() => {
    const listener = () => setShown(now);
    listeners.add(listener);
    timer ??= setInterval(() => {
      now = Date.now();
      listeners.forEach((tell) => tell());
    }, 30_000);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return Math.max(shown, Date.now() - 30_000);
}

/** How long ago, with the exact time for who points at it. */
export function Time({ at }: { at: string }) {
  const words = useWords();
  const current = useNow();
  return (
    <time
      dateTime={at}
      onPointerEnter={({ currentTarget }) => (currentTarget.title = words.dateTime(at))}
    >
      {words.ago(at, Math.max(current, Date.parse(at)))}
    </time>
  );
}
