// What the server tells while the page is open: new and changed posts, counts of what is on screen, notifications.
import { type LiveStream, type StreamEvent, type StreamState } from "@freshet/client";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { freshet, type Post } from "./freshet";
import { useMe } from "./session";
import { outbox, posts } from "./stores";

type Listener = (event: StreamEvent) => void;

interface Live {
  state: StreamState["status"];
  listen: (listener: Listener) => () => void;
  /** Asks for the counts of these posts, and no longer for those of `place` before. */
  watch: (place: string, ids: string[]) => void;
}

const LiveContext = createContext<Live | undefined>(undefined);
const MOST_WATCHED = 100;

interface Counts {
  id: string;
  counts: Post["counts"];
}

function applyCounts({ id, counts }: Counts): void {
  posts.change(id, (post) => {
    // What this reader is changing right now is counted already, and comes with the answer.
    const likes = outbox.has(`like ${id}`) ? post.counts.likes : counts.likes;
    const shares = outbox.has(`share ${id}`) ? post.counts.shares : counts.shares;
    return { ...post, counts: { ...counts, likes, shares } };
  });
}

function apply(event: StreamEvent): void {
  if (event.event === "post.updated") {
    const { post } = event.data;
    // Whoever changed it, what this reader did to it stays.
    posts.change(post.id, (known) => ({ ...post, viewer: known.viewer }));
  } else if (event.event === "post.deleted") {
    posts.remove(event.data.id);
  } else if (event.event === "post.counts") {
    applyCounts(event.data);
  } else if (event.event === "subscribed") {
    event.data.posts.forEach(applyCounts);
  }
}

function all(watched: Map<string, string[]>): string[] {
  return [...new Set([...watched.values()].flat())].slice(0, MOST_WATCHED);
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const account = useMe()?.id;
  const [state, setState] = useState<StreamState["status"]>("connecting");
  const listeners = useRef(new Set<Listener>());
  const watched = useRef(new Map<string, string[]>());
  const stream = useRef<LiveStream>(undefined);

  useEffect(() => {
    if (account === undefined) return;
    const opened = freshet.stream({
      onState: ({ status }) => setState(status),
      onEvent: (event) => {
        apply(event);
        listeners.current.forEach((listener) => listener(event));
      },
    });
    stream.current = opened;
    opened.watch(all(watched.current));
    return () => {
      stream.current = undefined;
      opened.close();
    };
  }, [account]);

  const live = useMemo<Omit<Live, "state">>(
    () => ({
      listen: (listener) => {
        listeners.current.add(listener);
        return () => listeners.current.delete(listener);
      },
      watch: (place, ids) => {
        if (ids.length === 0) watched.current.delete(place);
        else watched.current.set(place, ids);
        stream.current?.watch(all(watched.current));
      },
    }),
    [],
  );
  const value = useMemo(() => ({ ...live, state }), [live, state]);
  return <LiveContext.Provider value={value}>{children}</LiveContext.Provider>;
}

export function useLive(): Live {
  const value = useContext(LiveContext);
  if (!value) throw new Error("there is no LiveProvider above this");
  return value;
}

/** Calls `listener` with each live event, always the latest `listener` given. */
export function useLiveEvents(listener: Listener): void {
  const { listen } = useLive();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => listen((event) => latest.current(event)), [listen]);
}
