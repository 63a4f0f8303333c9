import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useKeys } from "../core/keys";
import { useLive } from "../core/live";
import { useMyId } from "../core/session";
import { posts } from "../core/stores";
import { LongList, type LongListHandle } from "../ui/long-list";
import { type Entry } from "./entries";
import { toComments } from "./post-actions";
import { PostCard } from "./post-card";
import { usePostActions } from "./use-post-actions";
import { useSeen } from "./use-seen";

interface PostListProps {
  name: string;
  label: string;
  entries: Entry[];
  hasMore: boolean;
  loadingMore: boolean;
  moreFailed: boolean;
  onMore: () => void;
}

// Posts that are gone (deleted, blocked) leave the list at once, and return to their place.
function useThere(entries: Entry[]): Entry[] {
  const [version, again] = useState(0);
  useEffect(() => {
    const ends = entries.map(({ id }) => {
      let there = posts.has(id);
      return posts.subscribe(id, () => {
        if (posts.has(id) === there) return;
        there = !there;
        again((n) => n + 1);
      });
    });
    return () => ends.forEach((end) => end());
  }, [entries]);
  return useMemo(
    () => (version >= 0 ? entries.filter(({ id }) => posts.has(id)) : []),
    [entries, version],
  );
}

/** A long list of posts (ARIA's feed pattern; j, k, l, r), with live counts of those on screen. */
export function PostList(props: PostListProps) {
  const me = useMyId();
  const actions = usePostActions();
  const { watch } = useLive();
  const seen = useSeen();
  const [, navigate] = useLocation();
  const list = useRef<LongListHandle>(null);
  const entries = useThere(props.entries);
  const { name } = props;

  const onShown = useCallback(
    (shown: Entry[]) => watch(name, [...new Set(shown.map(({ id }) => id))]),
    [watch, name],
  );
  useEffect(() => () => watch(name, []), [watch, name]);

  const go = (step: number) => {
    const at = list.current?.focused() ?? -1;
    list.current?.focus(at < 0 ? list.current.topmost() : at + step, "article");
  };
  const current = () => {
    const entry = entries[list.current?.focused() ?? -1];
    return entry && posts.get(entry.id);
  };
  useKeys({
    j: () => go(1),
    k: () => go(-1),
    l: () => {
      const post = current();
      if (post && me) void actions.like(post.id, !post.viewer.liked);
    },
    r: () => {
      const post = current();
      if (post) toComments(post.id, navigate);
    },
  });

  return (
    <div className="post-list">
      <LongList
        name={name}
        role="feed"
        aria-label={props.label}
        items={entries}
        keyOf={({ key }) => key}
        draw={({ id, sharedBy, item }, index) => (
          <PostCard id={id} sharedBy={sharedBy} item={item} position={index + 1} />
        )}
        usualHeight={190}
        skeleton="post"
        hasMore={props.hasMore}
        loadingMore={props.loadingMore}
        moreFailed={props.moreFailed}
        onMore={props.onMore}
        onShown={onShown}
        rowRef={seen}
        handle={list}
      />
    </div>
  );
}
