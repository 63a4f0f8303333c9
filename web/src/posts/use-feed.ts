// The home feed: from the client's cache at once, refreshed behind, paged; counts what is newer without moving anything.
import { type QueryClient, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { fetchFeed, type Order } from "../core/feed";
import { loadFeed, saveFeed } from "../core/feed-cache";
import { type FeedPage, freshet, type Post } from "../core/freshet";
import { useLive, useLiveEvents } from "../core/live";
import { changePages, type Pages } from "../core/pages";
import { type Entry, keyOf, toEntry } from "./entries";

interface Page {
  entries: Entry[];
  next: string | null;
  newest: string;
  served: FeedPage["served"];
}

type Feed = Pages<Page>;

const NEWER_EVERY_MS = 3_000;
const NEWER_WITHOUT_STREAM_MS = 60_000;
const AT_TOP = 80; // pixels

/** Whether nobody has begun to read what is shown. */
export const atTop = () => scrollY < AT_TOP;

const queryKey = (order: Order) => ["feed", order] as const;

function toPage(page: FeedPage): Page {
  return {
    entries: page.items.map(({ post, ...item }) => toEntry(post, item)),
    next: page.next,
    newest: page.newest,
    served: page.served,
  };
}

function cached(account: string, order: Order) {
  const kept = loadFeed(account, order);
  if (!kept) return {};
  const data: Feed = { pages: [toPage(kept.page)], pageParams: [undefined] };
  return { initialData: data, initialDataUpdatedAt: 0 };
}

/** Puts one's own new post at the top of the feeds that are loaded. */
export async function prependToFeed(queries: QueryClient, post: Post): Promise<void> {
  for (const order of ["ranked", "latest"] as const) {
    await changePages<Page>(queries, queryKey(order), (feed) => {
      const [first, ...rest] = feed.pages;
      if (!first || first.entries.some(({ key }) => key === keyOf(post.id))) return feed;
      const entries = [toEntry(post), ...first.entries];
      return { ...feed, pages: [{ ...first, entries }, ...rest] };
    });
  }
}

export function useFeed(account: string, order: Order) {
  const queries = useQueryClient();
  const [newer, setNewer] = useState(0);
  const [kept] = useState(() => cached(account, order));
  const query = useInfiniteQuery({
    queryKey: queryKey(order),
    queryFn: async ({ pageParam, signal }) => {
      const page = await fetchFeed(order, { cursor: pageParam, signal });
      if (pageParam === undefined) saveFeed(account, order, page);
      return toPage(page);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: Infinity,
    gcTime: 30 * 60_000,
    refetchOnMount: false,
    ...kept,
  });

  const read = useCallback(async () => {
    const page = await fetchFeed(order);
    saveFeed(account, order, page);
    return page;
  }, [account, order]);
  const show = useCallback(
    async (page: FeedPage) => {
      // A next page under way belongs to what stood here before.
      await queries.cancelQueries({ queryKey: queryKey(order), exact: true });
      const feed: Feed = { pages: [toPage(page)], pageParams: [undefined] };
      queries.setQueryData<Feed>(queryKey(order), feed);
      setNewer(0);
    },
    [order, queries],
  );
  const refresh = useCallback(async () => show(await read()), [show, read]);

  const newest = query.data?.pages[0]?.newest;
  const count = useCallback(async () => {
    if (newest === undefined) return;
    const told = await freshet.get("/v1/feed/newer", { query: { since: newest } });
    const own = queries
      .getQueryData<Feed>(queryKey(order))
      ?.pages[0]?.entries.filter(({ item }) => !item).length;
    setNewer(Math.max(0, told.count - (own ?? 0)));
  }, [newest, order, queries]);

  // What came from the cache, or was outdated by following somebody, is replaced while nobody has begun to read it.
  const outdated = useRef(query.data !== undefined && (query.dataUpdatedAt === 0 || query.isStale));
  const { state } = useLive();
  useEffect(() => {
    if (!outdated.current) return;
    outdated.current = false;
    const replace = async () => {
      const page = atTop() ? await read() : undefined;
      // While it was fetched somebody may have begun to read.
      await (page && atTop() ? show(page) : count());
    };
    // What is shown stays until the server is there again.
    replace().catch(() => {
      outdated.current = true;
    });
  }, [read, show, count, state]);

  useNewer(count);
  useLiveEvents((event) => {
    if (event.event !== "post.unshared") return;
    const gone = keyOf(event.data.id, event.data.account_id);
    void changePages<Page>(queries, queryKey(order), (feed) => {
      const kept = (page: Page) => page.entries.filter(({ key }) => key !== gone);
      return { ...feed, pages: feed.pages.map((page) => ({ ...page, entries: kept(page) })) };
    });
  });
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  return { ...query, entries, newer, refresh, served: query.data?.pages[0]?.served };
}

/** Counts again when the stream tells of posts, at most every few seconds; now and then without a stream. */
function useNewer(count: () => Promise<void>): void {
  const { state } = useLive();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const soon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      count().catch(() => undefined);
    }, NEWER_EVERY_MS);
  }, [count]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [count],
  );
  useLiveEvents((event) => {
    if (event.event === "post.created" || event.event === "reset") soon();
  });
  useEffect(() => {
    if (state === "open") return;
    const poll = setInterval(soon, NEWER_WITHOUT_STREAM_MS);
    return () => clearInterval(poll);
  }, [state, soon]);
}
