import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode } from "react";
import { type Account, type Schemas } from "../core/freshet";
import { accounts } from "../core/stores";
import { useWords } from "../i18n";
import { EmptyState, ErrorState, Skeletons } from "../ui/states";
import { PersonRow } from "./person-row";

type Page = Schemas["PageOfAccount"];

export type People = InfiniteData<Page, string | undefined>;

/** A paged list of people, with buttons of its own for each where `actions` makes them. */
export function PeopleList(props: {
  queryKey: readonly unknown[];
  fetch: (cursor: string | undefined, signal: AbortSignal) => Promise<Page>;
  empty: string;
  actions?: (account: Account) => ReactNode;
}) {
  const { t } = useWords();
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
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const people = list.data.pages.flatMap((page) => page.items);
  if (people.length === 0) return <EmptyState icon="people" title={props.empty} />;
  return (
    <>
      <ul className="people">
        {people.map((account) => (
          <li key={account.id}>
            <PersonRow account={account}>{props.actions?.(account)}</PersonRow>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <p className="list-end">
          <button
            type="button"
            className="button"
            aria-disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t("app.loadMore")}
          </button>
        </p>
      )}
    </>
  );
}
