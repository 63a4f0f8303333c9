import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type HTMLAttributes,
  type ReactNode,
  type Ref,
  useCallback,
  useDeferredValue,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { usePlace } from "../core/history";
import { useWords } from "../i18n";
import { Skeletons } from "./states";

// Items drawn above and below what is visible: few at first, so that those can be seen and used soon.
const BEYOND_AT_FIRST = 1;
const BEYOND = 6;
const MORE_WITHIN = 8; // items before the end: ask for the next page
const FRAMES_TO_APPEAR = 10;

export interface LongListHandle {
  /** The item that holds the focus; -1 when none does. */
  focused: () => number;
  /** The topmost item of which at least half is visible. */
  topmost: () => number;
  /** Draws the item and gives the focus to the first element in it that `selector` finds. */
  focus: (index: number, selector: string) => void;
}

interface LongListProps<T> extends Pick<HTMLAttributes<HTMLDivElement>, "role" | "aria-label"> {
  /** Names the list among those of the page, for its place in the history. */
  name: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  draw: (item: T, index: number) => ReactNode;
  usualHeight: number;
  hasMore: boolean;
  loadingMore: boolean;
  moreFailed: boolean;
  onMore: () => void;
  skeleton: "post" | "row";
  rowRole?: string;
  onShown?: (items: T[]) => void;
  /** Each row's element, when it is drawn. */
  rowRef?: (element: HTMLElement | null) => void;
  handle?: Ref<LongListHandle>;
}

/** A list of which only what is near the screen is drawn, and that fetches its next page before its end is seen. */
export function LongList<T>(props: LongListProps<T>) {
  const { t } = useWords();
  const { items, keyOf, rowRef, onShown } = props;
  const place = usePlace(props.name);
  const list = useRef<HTMLDivElement>(null);
  const focused = useRef(-1);
  const [margin, setMargin] = useState(0);

  const rangeExtractor = useCallback((range: Range) => {
    const indexes = defaultRangeExtractor(range);
    // What has the focus stays drawn, or the focus would be lost.
    if (focused.current >= 0 && focused.current < range.count && !indexes.includes(focused.current))
      indexes.push(focused.current);
    return indexes.sort((a, b) => a - b);
  }, []);
  const keyAt = (index: number) => {
    const item = items[index];
    return item === undefined ? String(index) : keyOf(item);
  };
  const beyond = useDeferredValue(BEYOND, BEYOND_AT_FIRST);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => place.heights.get(keyAt(index)) ?? props.usualHeight,
    getItemKey: keyAt,
    overscan: beyond,
    scrollMargin: margin,
    initialOffset: place.offset,
    rangeExtractor,
  });
  const rows = virtual.getVirtualItems();

  // What stands above the list may grow.
  useLayoutEffect(() => {
    const look = () => setMargin(list.current?.offsetTop ?? 0);
    look();
    const resized = new ResizeObserver(look);
    if (list.current?.parentElement) resized.observe(list.current.parentElement);
    return () => resized.disconnect();
  }, []);

  const restored = useRef(false);
  useLayoutEffect(() => {
    if (restored.current || items.length === 0) return;
    restored.current = true;
    if (place.offset > 0) scrollTo({ top: place.offset, behavior: "instant" });
  }, [items.length, place]);
  useEffect(
    () => () => {
      for (const { key, size } of virtual.measurementsCache) place.heights.set(String(key), size);
    },
    [virtual, place],
  );

  const last = rows.at(-1)?.index ?? 0;
  const { hasMore, loadingMore, moreFailed, onMore } = props;
  useEffect(() => {
    if (hasMore && !loadingMore && !moreFailed && last >= items.length - MORE_WITHIN) onMore();
  }, [hasMore, loadingMore, moreFailed, onMore, last, items.length]);

  const from = rows[0]?.index ?? 0;
  useEffect(() => {
    onShown?.(items.slice(from, last + 1));
  }, [onShown, items, from, last]);

  const focusedIndex = () => {
    const row = list.current?.contains(document.activeElement)
      ? document.activeElement?.closest<HTMLElement>("[data-index]")
      : undefined;
    return row ? Number(row.dataset["index"]) : -1;
  };
  useImperativeHandle(props.handle, () => ({
    focused: focusedIndex,
    topmost: () => rows.find(({ start, size }) => start + size / 2 > scrollY)?.index ?? 0,
    focus: (index, selector) => {
      if (index < 0 || index >= items.length) return;
      focused.current = index;
      virtual.scrollToIndex(index, { align: "auto" });
      const attempt = (frames: number) => {
        const row = list.current?.querySelector(`[data-index="${String(index)}"]`);
        const element = row?.querySelector<HTMLElement>(selector);
        if (element) element.focus();
        else if (frames > 0) requestAnimationFrame(() => attempt(frames - 1));
      };
      attempt(FRAMES_TO_APPEAR);
    },
  }));
  const measure = useCallback(
    (element: HTMLDivElement | null) => {
      virtual.measureElement(element);
      rowRef?.(element);
    },
    [virtual, rowRef],
  );

  return (
    <>
      <div
        ref={list}
        role={props.role}
        aria-label={props["aria-label"]}
        aria-busy={loadingMore}
        className="long-list"
        style={{ blockSize: virtual.getTotalSize() }}
        onFocus={() => {
          focused.current = focusedIndex();
        }}
        onBlur={() => {
          focused.current = focusedIndex();
        }}
      >
        {rows.map(({ index, key, start }) => {
          const item = items[index];
          return (
            item !== undefined && (
              <div
                key={key}
                ref={measure}
                role={props.rowRole}
                data-index={index}
                className="long-list-row"
                style={{ transform: `translateY(${String(start - margin)}px)` }}
              >
                {props.draw(item, index)}
              </div>
            )
          );
        })}
      </div>
      {loadingMore && <Skeletons count={2} kind={props.skeleton} />}
      {moreFailed && (
        <p className="list-end">
          <button type="button" className="button" onClick={onMore}>
            {t("app.loadMore")}
          </button>
        </p>
      )}
      {!hasMore && items.length > 0 && <p className="list-end soft">{t("app.end")}</p>}
    </>
  );
}
