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

/** Keeps `post` as what is known of it, and returns its place. */
export function toEntry(post: Post, item?: Omit<FeedItem, "post">): Entry {
  const { shared_by: sharedBy, ...itself } = post;
  posts.put(itself);
  const key = sharedBy ? `${post.id} ${sharedBy.id}` : post.id;
  return { key, id: post.id, sharedBy, item };
}
