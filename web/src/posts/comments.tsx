import { useEffect, useRef, useState } from "react";
import { type Post } from "../core/freshet";
import { useLiveEvents } from "../core/live";
import { useMyId } from "../core/session";
import { useWords } from "../i18n";
import { LongList } from "../ui/long-list";
import { EmptyState, ErrorState, Skeletons } from "../ui/states";
import { CommentCard, type Unfolded, UnfoldedContext } from "./comment-card";
import { CommentForm } from "./comment-form";
import { type CommentOrder, useCommentActions, useComments } from "./use-comments";

const ORDERS: CommentOrder[] = ["top", "newest", "oldest"];

export function Comments({ post }: { post: Post }) {
  const { t } = useWords();
  const me = useMyId();
  const [order, setOrder] = useState<CommentOrder>("top");
  const list = useComments(post.id, order);
  const actions = useCommentActions(post.id);
  const heading = useRef<HTMLHeadingElement>(null);
  const [unfolded] = useState(() => new Map<string, Unfolded>());
  const known = list.comments.length;
  const { refetch } = list;

  // Who came for the comments begins there.
  useEffect(() => {
    if (location.hash !== "#comments") return;
    heading.current?.scrollIntoView({ block: "start" });
    heading.current?.focus({ preventScroll: true });
  }, []);
  // Others' comments show as they come, while the list is short enough to be had in one look.
  useLiveEvents((event) => {
    if (known > 20) return;
    const told =
      event.event === "post.counts"
        ? [event.data]
        : event.event === "subscribed"
          ? event.data.posts
          : [];
    const counted = told.find(({ id }) => id === post.id)?.counts.comments ?? post.counts.comments;
    if (event.event === "reset" || counted !== post.counts.comments) void refetch();
  });

  return (
    <section className="comments" aria-labelledby="comments">
      <div className="comments-head">
        <h2 id="comments" ref={heading} tabIndex={-1}>
          {t("comment.title")}
        </h2>
        <label className="select-field">
          <span className="visually-hidden">{t("comment.order")}</span>
          <select
            className="input"
            value={order}
            onChange={(event) => setOrder(event.target.value as CommentOrder)}
          >
            {ORDERS.map((one) => (
              <option key={one} value={one}>
                {t(`comment.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {me && (
        <CommentForm
          label={t("comment.label")}
          draft={`comment ${post.id}`}
          submit={t("comment.submit")}
          onSend={(text) => actions.add(text)}
        />
      )}
      {list.isPending && <Skeletons count={3} kind="row" />}
      {list.isError && !list.data && (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && known === 0 && (
        <EmptyState icon="comment" title={t("comment.empty")} text={t("comment.emptyText")} />
      )}
      {known > 0 && (
        <UnfoldedContext value={unfolded}>
          <LongList
            key={order}
            name={`comments ${post.id} ${order}`}
            role="list"
            rowRole="listitem"
            items={list.comments}
            keyOf={({ id }) => id}
            draw={(comment) => (
              <div className="comment-row">
                <CommentCard post={post} comment={comment} />
              </div>
            )}
            usualHeight={110}
            skeleton="row"
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            moreFailed={list.isFetchNextPageError}
            onMore={() => void list.fetchNextPage()}
          />
        </UnfoldedContext>
      )}
    </section>
  );
}
