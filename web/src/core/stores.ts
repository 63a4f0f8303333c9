import { type Account, type Post, type Relationship } from "./freshet";
import { Entities } from "./entities";

export const posts = new Entities<Post>();
export const accounts = new Entities<Account>();

export function forgetEverything(): void {
  posts.clear();
  accounts.clear();
}

export function putRelationship(id: string, relationship: Relationship): void {
  accounts.change(id, (account) => ({ ...account, relationship }));
}
