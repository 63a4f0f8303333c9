import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode } from "react";
import { LongList } from "./long-list";
import { ErrorState, Skeletons } from "./states";

/** A list that the server gives page by page, each fetched when the end of the one before comes near. */
export function PagedList<T>(props: {
  queryKey: readonly string[];
  fetch: (
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<{ items: T[]; next?: string | null }>;
  keyOf: (item: T) => string;
  draw: (item: T) => ReactNode;
  empty: ReactNode;
  usualHeight: number;
  /** What stands above the list. */
  head?: (items: readonly T[]) => ReactNode;
  refetchInterval?: number;
  skeleton?: "post" | "row";
}) {
  const { skeleton = "row" } = props;
  const list = useInfiniteQuery({
    queryKey: props.queryKey,
    queryFn: ({ pageParam, signal }) => props.fetch(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    ...(props.refetchInterval !== undefined && { refetchInterval: props.refetchInterval }),
  });
  if (list.isPending) return <Skeletons kind={skeleton} />;
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return props.empty;
  return (
    <>
      {props.head?.(items)}
      <LongList
        name={props.queryKey.join(" ")}
        role="list"
        rowRole="listitem"
        items={items}
        keyOf={props.keyOf}
        draw={props.draw}
        usualHeight={props.usualHeight}
        skeleton={skeleton}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        moreFailed={list.isFetchNextPageError}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  );
}
