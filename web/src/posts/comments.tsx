import { useEffect, useRef, useState } from "react";
import { loadDraft, saveDraft } from "../core/drafts";
import { type Comment, type Post } from "../core/freshet";
import { useMyId } from "../core/session";
import { useLiveEvents } from "../core/live";
import { useWords } from "../i18n";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { Menu, type MenuItem } from "../ui/menu";
import { EmptyState, ErrorState, reasonOf, Skeletons } from "../ui/states";
import { Time } from "../ui/time";
import { AuthorName } from "./post-card";
import { RichText } from "./rich-text";
import { TextField, type TextFieldHandle } from "./text-field";
import { type CommentOrder, useCommentActions, useComments } from "./use-comments";

const ORDERS: CommentOrder[] = ["top", "newest", "oldest"];

function CommentForm(props: {
  label: string;
  /** Names its draft; without, nothing is kept. */
  draft?: string;
  text?: string;
  submit: string;
  autoFocus?: boolean;
  onSend: (text: string) => Promise<void>;
  onCancel?: () => void;
}) {
  const words = useWords();
  const { draft } = props;
  const [text, setText] = useState(
    () => props.text ?? (draft === undefined ? undefined : loadDraft(draft)?.text) ?? "",
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const handle = useRef<TextFieldHandle>(null);
  useEffect(() => {
    if (props.autoFocus) handle.current?.focus();
  }, [props.autoFocus]);

  const keep = (next: string) => {
    setText(next);
    if (draft !== undefined) saveDraft(draft, { text: next });
  };
  const send = async () => {
    if (busy || text.trim() === "") return;
    setBusy(true);
    setProblem(undefined);
    try {
      await props.onSend(text);
      keep("");
    } catch (error) {
      setProblem(reasonOf(error, words));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="comment-form"
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextField
        label={props.label}
        placeholder={props.label}
        rows={1}
        value={text}
        onChange={keep}
        onSubmit={() => void send()}
        invalid={problem !== undefined}
        handle={handle}
      />
      <p className="field-problem" role="alert">
        {problem}
      </p>
      <div className="button-row">
        {props.onCancel && (
          <button type="button" className="button" onClick={props.onCancel}>
            {words.t("app.cancel")}
          </button>
        )}
        <button
          type="submit"
          className="button button-primary"
          aria-disabled={busy || text.trim() === ""}
        >
          {props.submit}
        </button>
      </div>
    </form>
  );
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

function CommentCard({ post, comment }: { post: Post; comment: Comment }) {
  const { t, ago } = useWords();
  const me = useMyId();
  const actions = useCommentActions(post.id);
  const [mode, setMode] = useState<"read" | "reply" | "edit">("read");
  const [open, setOpen] = useState(false);
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
    items.push({ label: t("post.edit"), icon: "pen", onSelect: () => setMode("edit") });
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
            text={comment.text}
            submit={t("app.save")}
            autoFocus
            onSend={async (text) => {
              await actions.edit(comment, text);
              setMode("read");
            }}
            onCancel={() => setMode("read")}
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
              <button type="button" className="link-button" onClick={() => setMode("reply")}>
                {t("comment.reply")}
              </button>
            </>
          )}
          {comment.counts.replies > 0 && (
            <button
              type="button"
              className="link-button"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
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
              setMode("read");
              setOpen(true);
            }}
            onCancel={() => setMode("read")}
          />
        )}
        {repliesShown && <Replies post={post} comment={comment} />}
      </div>
    </article>
  );
}

export function Comments({ post }: { post: Post }) {
  const { t } = useWords();
  const me = useMyId();
  const [order, setOrder] = useState<CommentOrder>("top");
  const list = useComments(post.id, order);
  const actions = useCommentActions(post.id);
  const heading = useRef<HTMLHeadingElement>(null);
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
    if (event.event !== "post.counts" || known > 20) return;
    const told = event.data;
    if (told.id === post.id && told.counts.comments !== post.counts.comments) void refetch();
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
      <ul className="comment-list">
        {list.comments.map((comment) => (
          <li key={comment.id}>
            <CommentCard post={post} comment={comment} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <p className="list-end">
          <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
            {t("app.loadMore")}
          </button>
        </p>
      )}
    </section>
  );
}
