import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { usePlace } from "../core/history";
import { useKeys } from "../core/keys";
import { useLive } from "../core/live";
import { useMe } from "../core/session";
import { posts } from "../core/stores";
import { useWords } from "../i18n";
import { Skeletons } from "../ui/states";
import { PostCard } from "./post-card";
import { type FeedEntry } from "./use-feed";
import { usePostActions } from "./use-post-actions";
import { useSeen } from "./use-seen";

const USUAL_HEIGHT = 190;
const BEYOND = 6; // posts drawn above and below what is visible
const MORE_WITHIN = 8; // posts before the end: ask for the next page

interface PostListProps {
  /** Names the list among those of the page, for its place in the history. */
  name: string;
  label: string;
  entries: FeedEntry[];
  hasMore: boolean;
  loadingMore: boolean;
  moreFailed: boolean;
  onMore: () => void;
}

// Posts that are gone (deleted, blocked) leave the list at once, and return to their place.
function useThere(entries: FeedEntry[]): FeedEntry[] {
  const [, again] = useState(0);
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
  return entries.filter(({ id }) => posts.has(id));
}

function focusedIndex(): number {
  const row = document.activeElement?.closest<HTMLElement>("[data-index]");
  return row ? Number(row.dataset["index"]) : -1;
}

/** A long list of posts of which only what is near the screen is drawn (ARIA's feed pattern; j, k, l, r). */
export function PostList(props: PostListProps) {
  const { t } = useWords();
  const me = useMe();
  const actions = usePostActions();
  const live = useLive();
  const seen = useSeen();
  const [, navigate] = useLocation();
  const place = usePlace(props.name);
  const feed = useRef<HTMLDivElement>(null);
  const focused = useRef(-1);
  const entries = useThere(props.entries);
  const [margin, setMargin] = useState(0);

  useLayoutEffect(() => {
    setMargin(feed.current?.offsetTop ?? 0);
  }, []);
  const rangeExtractor = useCallback((range: Range) => {
    const indexes = defaultRangeExtractor(range);
    // What has the focus stays drawn, or the focus would be lost.
    if (focused.current >= 0 && focused.current < range.count && !indexes.includes(focused.current))
      indexes.push(focused.current);
    return indexes.sort((a, b) => a - b);
  }, []);
  const virtual = useWindowVirtualizer({
    count: entries.length,
    estimateSize: (index) => place.heights.get(entries[index]?.key ?? "") ?? USUAL_HEIGHT,
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: BEYOND,
    scrollMargin: margin,
    initialOffset: place.offset,
    rangeExtractor,
  });
  const rows = virtual.getVirtualItems();

  const restored = useRef(false);
  useLayoutEffect(() => {
    if (restored.current || entries.length === 0) return;
    restored.current = true;
    if (place.offset > 0) scrollTo({ top: place.offset, behavior: "instant" });
  }, [entries.length, place]);

  const last = rows.at(-1)?.index ?? 0;
  const { hasMore, loadingMore, moreFailed, onMore } = props;
  useEffect(() => {
    if (hasMore && !loadingMore && !moreFailed && last >= entries.length - MORE_WITHIN) onMore();
  }, [hasMore, loadingMore, moreFailed, onMore, last, entries.length]);

  const shown = rows.map(({ index }) => entries[index]?.id ?? "").join(" ");
  useEffect(() => {
    live.watch(props.name, shown === "" ? [] : shown.split(" "));
  }, [live, props.name, shown]);
  useEffect(() => () => live.watch(props.name, []), [live, props.name]);

  const focusOn = (index: number) => {
    if (index < 0 || index >= entries.length) return;
    focused.current = index;
    virtual.scrollToIndex(index, { align: "auto" });
    const focus = (tries: number) => {
      const article = feed.current?.querySelector<HTMLElement>(`[data-index="${index}"] article`);
      if (article) article.focus({ preventScroll: false });
      else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
    };
    focus(10);
  };
  const topmost = () => rows.find(({ start, size }) => start + size / 2 > scrollY)?.index ?? 0;
  const current = () => {
    const entry = entries[focusedIndex()];
    return entry && posts.get(entry.id);
  };
  useKeys({
    j: () => focusOn(focusedIndex() < 0 ? topmost() : focusedIndex() + 1),
    k: () => focusOn(focusedIndex() < 0 ? topmost() : focusedIndex() - 1),
    l: () => {
      const post = current();
      if (post && me) void actions.like(post.id, !post.viewer.liked);
    },
    r: () => {
      const post = current();
      if (post) navigate(`/posts/${post.id}#comments`);
    },
  });

  return (
    <>
      <div
        ref={feed}
        role="feed"
        aria-label={props.label}
        aria-busy={loadingMore}
        className="post-list"
        style={{ blockSize: virtual.getTotalSize() }}
        onFocus={() => {
          focused.current = focusedIndex();
        }}
      >
        {rows.map(({ index, key, start }) => {
          const entry = entries[index];
          return (
            entry && (
              <div
                key={key}
                data-index={index}
                className="post-row"
                style={{ transform: `translateY(${start - margin}px)` }}
                ref={(element) => {
                  virtual.measureElement(element);
                  if (element?.offsetHeight) place.heights.set(entry.key, element.offsetHeight);
                  seen(element);
                }}
              >
                <PostCard id={entry.id} item={entry.item} position={index + 1} />
              </div>
            )
          );
        })}
      </div>
      {loadingMore && <Skeletons count={2} />}
      {moreFailed && (
        <p className="list-end">
          <button type="button" className="button" onClick={onMore}>
            {t("app.loadMore")}
          </button>
        </p>
      )}
      {!hasMore && entries.length > 0 && <p className="list-end soft">{t("app.end")}</p>}
    </>
  );
}
