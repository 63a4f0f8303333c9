import { type Account, freshet, type Post, type Relationship, type Schemas } from "./freshet";
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

/** What a like, save or share came to. */
export function putEngagement(id: string, answer: Schemas["Engagement"] | undefined): void {
  if (answer && "viewer" in answer && "counts" in answer && !("text" in answer))
    posts.change(id, (post) => ({ ...post, ...answer }));
}

/** What is written by people goes through here. */
export const outbox = new Outbox({
  // Paths are filled in already, and who writes knows what is answered: the types are those of one call for all. An
  // answer that breaks off, or is no JSON, is asked for again as part of the attempt.
  send: async ({ method, path, body }, idempotencyKey) => {
    const options = { body: body as Schemas["CreatePost"], idempotencyKey };
    const answer = await freshet.call(method as "post", path as "/v1/posts", options);
    return answer.body;
  },
  owner: () => freshet.session.current?.account.id ?? rememberedAccount() ?? undefined,
  storage: localStorage,
  locks: navigator.locks,
});
