// Lists of posts other than home: a profile's, a hashtag's, what was saved.
import { useInfiniteQuery } from "@tanstack/react-query";
import { freshet, type Schemas } from "../core/freshet";
import { toEntry } from "./entries";

type Page = Schemas["PageOfPost"];
type Fetch = (cursor: string | undefined, signal: AbortSignal) => Promise<Page>;

export function usePosts(queryKey: readonly unknown[], fetch: Fetch, enabled = true) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const page = await fetch(pageParam, signal);
      return { entries: page.items.map((post) => toEntry(post)), next: page.next };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 30_000,
    enabled,
  });
  return { ...query, entries: query.data?.pages.flatMap((page) => page.entries) ?? [] };
}

export const postsOf =
  (id: string): Fetch =>
  (cursor, signal) =>
    freshet.get("/v1/accounts/{id}/posts", { path: { id }, query: { cursor }, signal });

export const postsTagged =
  (tag: string): Fetch =>
  (cursor, signal) =>
    freshet.get("/v1/hashtags/{tag}/posts", { path: { tag }, query: { cursor }, signal });

export const savedPosts: Fetch = (cursor, signal) =>
  freshet.get("/v1/me/saved", { query: { cursor }, signal });
