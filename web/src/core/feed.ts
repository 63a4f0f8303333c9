// The home feed as the server gives it, and the order that was chosen for it.
import { type FeedPage, freshet } from "./freshet";

export type Order = "ranked" | "latest";

const KEY = "freshet.order";
const PAGE = 20;

export function chosenOrder(): Order {
  return localStorage.getItem(KEY) === "latest" ? "latest" : "ranked";
}

export function chooseOrder(order: Order): void {
  localStorage.setItem(KEY, order);
}

let begun: { order: Order; page: Promise<FeedPage> } | undefined;

/** Asks for the first page of the chosen order before anybody waits for it. */
export function beginHome(): void {
  const order = chosenOrder();
  const page = ask(order);
  page.catch(() => (begun = undefined)); // who comes later asks anew
  begun = { order, page };
}

/** One page, from the newest without a cursor. */
export function fetchFeed(
  order: Order,
  options: { cursor?: string | undefined; signal?: AbortSignal } = {},
): Promise<FeedPage> {
  const early = begun;
  begun = undefined;
  if (early?.order === order && options.cursor === undefined) return early.page;
  return ask(order, options);
}

function ask(
  order: Order,
  { cursor, signal }: Parameters<typeof fetchFeed>[1] = {},
): Promise<FeedPage> {
  return freshet.get("/v1/feed", {
    query: { order, limit: PAGE, cursor },
    ...(signal && { signal }),
  });
}
