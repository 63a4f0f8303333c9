import { type ReactNode } from "react";
import { type Account, type Schemas } from "../core/freshet";
import { type Pages } from "../core/pages";
import { accounts } from "../core/stores";
import { PagedList } from "../ui/paged-list";
import { EmptyState } from "../ui/states";
import { PersonRow } from "./person-row";

type Page = Schemas["PageOfAccount"];

export type People = Pages<Page>;

/** The usual height of a person's row. */
export const ROW_HEIGHT = 90;

/** A paged list of people, with buttons of its own for each where `actions` makes them. */
export function PeopleList(props: {
  queryKey: readonly string[];
  fetch: (cursor: string | undefined, signal: AbortSignal) => Promise<Page>;
  empty: string;
  actions?: (account: Account) => ReactNode;
}) {
  return (
    <PagedList
      queryKey={props.queryKey}
      fetch={async (cursor, signal) => {
        const page = await props.fetch(cursor, signal);
        accounts.put(...page.items);
        return page;
      }}
      keyOf={({ id }) => id}
      draw={(account) => <PersonRow account={account}>{props.actions?.(account)}</PersonRow>}
      empty={<EmptyState icon="people" title={props.empty} />}
      usualHeight={ROW_HEIGHT}
    />
  );
}
