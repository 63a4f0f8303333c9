// What lists hold: which post, and what belongs to its place in the list and not to the post.
import { type FeedItem, type Post } from "../core/freshet";
import { posts } from "../core/stores";

export interface Entry {
  key: string;
  id: string;
  /** Who brought it here, where somebody shared it. */
  sharedBy?: NonNullable<Post["shared_by"]> | undefined;
  item?: Omit<FeedItem, "post"> | undefined;
}

/** Of a post's place in a list: a post stands there apart for each who shared it. */
export function keyOf(id: string, sharer?: string): string {
  return sharer === undefined ? id : `${id} ${sharer}`;
}

/** Keeps `post` as what is known of it, and returns its place. */
export function toEntry(post: Post, item?: Omit<FeedItem, "post">): Entry {
  const { shared_by: sharedBy, ...itself } = post;
  posts.put(itself);
  return { key: keyOf(post.id, sharedBy?.id), id: post.id, sharedBy, item };
}
