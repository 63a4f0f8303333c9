import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changePages, type Pages, without } from "./pages";

interface Page {
  items: string[];
  next: string | null;
}

const KEY = ["list"];
const FIRST: Page = { items: ["b", "c"], next: "2" };
const SECOND: Page = { items: ["d"], next: null };

let queries: QueryClient;
let answer: (page: Page) => void;
let list: InfiniteQueryObserver<Page, Error, Pages<Page>, string[], string | undefined>;
let leave: () => void;

beforeEach(() => {
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  queries.setQueryData<Pages<Page>>(KEY, { pages: [FIRST], pageParams: [undefined] });
  list = new InfiniteQueryObserver(queries, {
    queryKey: KEY,
    queryFn: ({ signal }) =>
      new Promise<Page>((done, fail) => {
        answer = done;
        signal.addEventListener("abort", () => fail(new Error("aborted")));
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  leave = list.subscribe(() => undefined);
});

afterEach(() => {
  leave();
  queries.clear();
});

const shown = () => queries.getQueryData<Pages<Page>>(KEY)?.pages.flatMap(({ items }) => items);
const atTop = (item: string) => (data: Pages<Page>) => ({
  ...data,
  pages: data.pages.map((page, index) =>
    index === 0 ? { ...page, items: [item, ...page.items] } : page,
  ),
});

test("what is changed while the next page is under way stays", async () => {
  const next = list.fetchNextPage();
  await changePages(queries, KEY, atTop("a"));
  answer(SECOND);
  await next;
  expect(shown()).toEqual(["a", "b", "c"]);
  const again = list.fetchNextPage();
  answer(SECOND);
  await again;
  expect(shown()).toEqual(["a", "b", "c", "d"]);
});

test("a list that was being read again is read again", async () => {
  void list.refetch();
  await changePages(queries, KEY, (data: Pages<Page>) => without(data, (item) => item === "b"));
  expect(shown()).toEqual(["c"]);
  const read = new Promise<void>((done) => {
    list.subscribe(({ isFetching }) => {
      if (!isFetching) done();
    });
  });
  answer({ items: ["z"], next: null });
  await read;
  expect(shown()).toEqual(["z"]);
});

test("a list that is not loaded stays so", async () => {
  queries.clear();
  await changePages(queries, KEY, atTop("a"));
  expect(shown()).toBeUndefined();
});
