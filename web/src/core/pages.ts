// Changes of lists that are read page by page.
import { type InfiniteData, type QueryClient, type QueryKey } from "@tanstack/react-query";

export type Pages<Page> = InfiniteData<Page, string | undefined>;

/**
 * Changes a list that is loaded. A page under way is dropped first: it would be written behind the pages of before. Who
 * shows the list asks for it again; the whole list is read again here.
 */
export async function changePages<Page>(
  queries: QueryClient,
  queryKey: QueryKey,
  change: (data: Pages<Page>) => Pages<Page>,
): Promise<void> {
  const state = queries.getQueryState(queryKey);
  if (state?.data === undefined) return;
  const rereading = state.fetchStatus !== "idle" && !state.fetchMeta?.fetchMore;
  await queries.cancelQueries({ queryKey, exact: true });
  queries.setQueryData<Pages<Page>>(queryKey, (data) => data && change(data));
  if (rereading) void queries.invalidateQueries({ queryKey, exact: true });
}

/** The list without the items that `gone` names. */
export function without<Item, Page extends { items: Item[] }>(
  data: Pages<Page>,
  gone: (item: Item) => boolean,
): Pages<Page> {
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.filter((item) => !gone(item)),
  }));
  return { ...data, pages };
}
