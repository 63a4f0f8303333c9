import { createContext, useContext, useState } from "react";
import { saveDraft } from "../core/drafts";
import { type Comment, type Post } from "../core/freshet";
import { useMyId } from "../core/session";
import { useWords } from "../i18n";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { Menu, type MenuItem } from "../ui/menu";
import { ErrorState, Skeletons } from "../ui/states";
import { Time } from "../ui/time";
import { CommentForm } from "./comment-form";
import { AuthorName } from "./post-card";
import { RichText } from "./rich-text";
import { useCommentActions, useComments } from "./use-comments";

export interface Unfolded {
  mode: "read" | "reply" | "edit";
  /** Whether its replies show. */
  open: boolean;
}

const FOLDED: Unfolded = { mode: "read", open: false };

/** What was unfolded of each comment, kept by the list: a comment that is out of sight is not drawn. */
export const UnfoldedContext = createContext(new Map<string, Unfolded>());

function useUnfolded(id: string): [Unfolded, (change: Partial<Unfolded>) => void] {
  const kept = useContext(UnfoldedContext);
  const [unfolded, setUnfolded] = useState(kept.get(id) ?? FOLDED);
  const unfold = (change: Partial<Unfolded>) => {
    const now = { ...FOLDED, ...kept.get(id), ...change };
    kept.set(id, now);
    setUnfolded(now);
  };
  return [unfolded, unfold];
}

function Replies({ post, comment }: { post: Post; comment: Comment }) {
  const { t } = useWords();
  const replies = useComments(post.id, "oldest", comment.id);
  if (replies.isPending) return <Skeletons count={1} kind="row" />;
  if (replies.isError)
    return <ErrorState error={replies.error} onRetry={() => void replies.refetch()} />;
  return (
    <>
      <ul className="replies">
        {replies.comments.map((reply) => (
          <li key={reply.id}>
            <CommentCard post={post} comment={reply} />
          </li>
        ))}
      </ul>
      {replies.hasNextPage && (
        <button type="button" className="link-button" onClick={() => void replies.fetchNextPage()}>
          {t("app.loadMore")}
        </button>
      )}
    </>
  );
}

export function CommentCard({ post, comment }: { post: Post; comment: Comment }) {
  const { t, ago } = useWords();
  const me = useMyId();
  const actions = useCommentActions(post.id);
  const [{ mode, open }, unfold] = useUnfolded(comment.id);
  const author = comment.author;
  const repliesShown = open && comment.counts.replies > 0;
  if (comment.deleted || !author)
    return (
      <div className="comment soft">
        <p>{t("comment.deleted")}</p>
        {comment.counts.replies > 0 && <Replies post={post} comment={comment} />}
      </div>
    );
  const items: MenuItem[] = [];
  if (me === author.id)
    items.push({ label: t("post.edit"), icon: "pen", onSelect: () => unfold({ mode: "edit" }) });
  if (me && (me === author.id || me === post.author.id))
    items.push({
      label: t("post.delete"),
      icon: "trash",
      danger: true,
      onSelect: () => void actions.remove(comment),
    });
  const { liked } = comment.viewer;
  return (
    <article
      className="comment"
      aria-label={t("comment.by", {
        name: author.display_name,
        time: ago(comment.created_at, Date.now()),
      })}
    >
      <Avatar person={author} />
      <div className="comment-main">
        <div className="post-head">
          <AuthorName author={author} />
          <span className="soft">
            <Time at={comment.created_at} />
            {comment.edited_at !== null && ` · ${t("post.edited")}`}
          </span>
          {items.length > 0 && (
            <span className="post-menu">
              <Menu label={t("app.more")} items={items} />
            </span>
          )}
        </div>
        {mode === "edit" ? (
          <CommentForm
            label={t("post.edit")}
            draft={`edit ${comment.id}`}
            text={comment.text}
            submit={t("app.save")}
            autoFocus
            onSend={async (text) => {
              await actions.edit(comment, text);
              unfold({ mode: "read" });
            }}
            onCancel={() => {
              saveDraft(`edit ${comment.id}`, { text: "" });
              unfold({ mode: "read" });
            }}
          />
        ) : (
          <RichText text={comment.text} entities={comment.entities} />
        )}
        <div className="comment-actions">
          {me && (
            <>
              <button
                type="button"
                className="action action-like"
                aria-pressed={liked}
                aria-label={`${t(liked ? "post.unlike" : "post.like")}, ${t("post.likes", { count: comment.counts.likes })}`}
                onClick={() => void actions.like(comment, !liked)}
              >
                <Icon name="heart" filled={liked} />
                {comment.counts.likes > 0 && <span aria-hidden="true">{comment.counts.likes}</span>}
              </button>
              <button
                type="button"
                className="link-button"
                onClick={() => unfold({ mode: "reply" })}
              >
                {t("comment.reply")}
              </button>
            </>
          )}
          {comment.counts.replies > 0 && (
            <button
              type="button"
              className="link-button"
              aria-expanded={open}
              onClick={() => unfold({ open: !open })}
            >
              {t("comment.replies", { count: comment.counts.replies })}
            </button>
          )}
        </div>
        {mode === "reply" && (
          <CommentForm
            label={t("comment.replyLabel", { name: author.display_name })}
            draft={`reply ${comment.id}`}
            submit={t("comment.reply")}
            autoFocus
            onSend={async (text) => {
              await actions.add(text, comment.id);
              unfold({ mode: "read", open: true });
            }}
            onCancel={() => unfold({ mode: "read" })}
          />
        )}
        {repliesShown && <Replies post={post} comment={comment} />}
      </div>
    </article>
  );
}
