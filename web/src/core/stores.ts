import { type Account, freshet, type Post, type Relationship } from "./freshet";
import { Outbox } from "./outbox";
import { rememberedAccount } from "./remembered";
import { Entities } from "./entities";

export const posts = new Entities<Post>();
export const accounts = new Entities<Account>();

export function forgetEverything(): void {
  posts.clear();
  accounts.clear();
}

/** Takes somebody's posts out of every list that shows them. */
export function removePostsOf(account: string): void {
  for (const id of [...posts.ids()]) {
    if (posts.get(id)?.author.id === account) posts.remove(id);
  }
}

export function putRelationship(id: string, relationship: Relationship): void {
  accounts.change(id, (account) => ({ ...account, relationship }));
}

/** What is written by people goes through here. */
export const outbox = new Outbox({
  send: async ({ method, path, body }, idempotencyKey) => {
    const response = await freshet.fetch(path, {
      method,
      idempotencyKey,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
      }),
    });
    return response.status === 204 ? undefined : ((await response.json()) as unknown);
  },
  owner: () => freshet.session.current?.account.id ?? rememberedAccount() ?? undefined,
  storage: localStorage,
  locks: navigator.locks,
});
