import { Freshet, type components } from "@freshet/client";

export type Schemas = components["schemas"];
export type Account = Schemas["Account"];
export type Author = Schemas["Author"];
export type Comment = Schemas["Comment"];
export type FeedItem = Schemas["FeedItem"];
export type FeedPage = Schemas["FeedPage"];
export type Notification = Schemas["Notification"];
export type Post = Schemas["Post"];
export type PostEntity = Schemas["PostEntity"];
export type Privacy = Post["privacy"];
export type QuotedPost = Schemas["QuotedPost"];
export type Relationship = Schemas["Relationship"];

let called: () => void;

/** Resolves when a call has left. */
export const firstCall = new Promise<void>((resolve) => (called = resolve));

// The refresh token stays in an HttpOnly cookie, the access token in memory. What may be shown a little old is kept by
// the page, which knows when it asks for something new; the browser's cache does not.
export const freshet = new Freshet({
  baseUrl: "",
  session: "cookie",
  fetch: (input, init) => {
    called();
    return fetch(input, { ...init, cache: "no-cache" });
  },
});

/** As freshet.session.subscribe; the calls that waited for the session go first, since drawing takes longer. */
export function subscribeSession(listener: () => void): () => void {
  return freshet.session.subscribe(() => setTimeout(listener));
}
