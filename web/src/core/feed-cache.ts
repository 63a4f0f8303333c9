// The last feed, kept for five minutes in the browser: it shows at once, and is refreshed behind. While the browser is
// offline an older one is better than none.
import { type Order } from "./feed";
import { type FeedPage, freshet } from "./freshet";

const PREFIX = "freshet.feed.";
const KEPT_MS = 5 * 60_000;

interface Kept {
  account: string;
  at: number;
  page: FeedPage;
}

export function loadFeed(account: string, order: Order): Kept | undefined {
  try {
    const stored = localStorage.getItem(PREFIX + order);
    if (stored === null) return undefined;
    const kept = JSON.parse(stored) as Kept;
    const fresh = Date.now() - kept.at < KEPT_MS || !navigator.onLine;
    if (kept.account === account && fresh) return kept;
  } catch {
    // what cannot be read is as good as not there
  }
  localStorage.removeItem(PREFIX + order);
  return undefined;
}

export function saveFeed(account: string, order: Order, page: FeedPage): void {
  // The session may have become another's while the page was fetched.
  if (freshet.session.current?.account.id !== account) return;
  try {
    localStorage.setItem(PREFIX + order, JSON.stringify({ account, at: Date.now(), page }));
  } catch {
    // no space: the next visit begins without
  }
}

export function clearFeedCache(): void {
  localStorage.removeItem(`${PREFIX}ranked`);
  localStorage.removeItem(`${PREFIX}latest`);
}
