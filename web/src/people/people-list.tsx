import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode } from "react";
import { type Account, type Schemas } from "../core/freshet";
import { type Pages } from "../core/pages";
import { accounts } from "../core/stores";
import { LongList } from "../ui/long-list";
import { EmptyState, ErrorState, Skeletons } from "../ui/states";
import { PersonRow } from "./person-row";

type Page = Schemas["PageOfAccount"];

export type People = Pages<Page>;

/** A paged list of people, with buttons of its own for each where `actions` makes them. */
export function PeopleList(props: {
  queryKey: readonly unknown[];
  fetch: (cursor: string | undefined, signal: AbortSignal) => Promise<Page>;
  empty: string;
  actions?: (account: Account) => ReactNode;
}) {
  const list = useInfiniteQuery({
    queryKey: props.queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const page = await props.fetch(pageParam, signal);
      accounts.put(...page.items);
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (list.isPending) return <Skeletons kind="row" />;
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const people = list.data.pages.flatMap((page) => page.items);
  if (people.length === 0) return <EmptyState icon="people" title={props.empty} />;
  return (
    <LongList
      name={`people ${props.queryKey.join(" ")}`}
      role="list"
      rowRole="listitem"
      items={people}
      keyOf={({ id }) => id}
      draw={(account) => <PersonRow account={account}>{props.actions?.(account)}</PersonRow>}
      usualHeight={90}
      skeleton="row"
      hasMore={list.hasNextPage}
      loadingMore={list.isFetchingNextPage}
      moreFailed={list.isFetchNextPageError}
      onMore={() => void list.fetchNextPage()}
    />
  );
}
