import { useState } from "react";
import { useLocation } from "wouter";
import { type Post } from "../core/freshet";
import { type Key, useWords } from "../i18n";
import { Dialog } from "../ui/dialog";
import { Icon, type IconName } from "../ui/icon";
import { Menu } from "../ui/menu";
import { useCompose } from "./compose-context";
import { usePostActions } from "./use-post-actions";

function Action(props: {
  icon: IconName;
  label: Key;
  count?: number;
  counted?: Key;
  pressed?: boolean;
  kind?: string;
  onClick: () => void;
}) {
  const { t, compact } = useWords();
  const { count, counted } = props;
  const label =
    t(props.label) + (count !== undefined && counted ? `, ${t(counted, { count })}` : "");
  return (
    <button
      type="button"
      className={`action ${props.kind ?? ""}`}
      aria-label={label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      <Icon name={props.icon} filled={props.pressed === true} />
      {count !== undefined && count > 0 && <span aria-hidden="true">{compact(count)}</span>}
    </button>
  );
}

function ShareDialog({ post, onClose }: { post: Post; onClose: () => void }) {
  const { t } = useWords();
  const actions = usePostActions();
  const [text, setText] = useState("");
  return (
    <Dialog title={t("compose.shareTitle")} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void actions.share(post.id, true, text.trim());
          onClose();
        }}
      >
        <label className="field">
          <span>{t("compose.shareText")}</span>
          <input value={text} maxLength={500} onChange={(event) => setText(event.target.value)} />
        </label>
        <div className="button-row">
          <button type="submit" className="button button-primary">
            {t("post.share")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Goes to what was said about a post; on its own page only the focus moves. */
export function toComments(id: string, navigate: (to: string) => void): void {
  const heading = document.getElementById("comments");
  if (!heading || location.pathname !== `/posts/${id}`) return navigate(`/posts/${id}#comments`);
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}

export function PostActions({ post }: { post: Post }) {
  const { t } = useWords();
  const actions = usePostActions();
  const compose = useCompose();
  const [, navigate] = useLocation();
  const [sharing, setSharing] = useState(false);
  const { liked, saved, shared } = post.viewer;
  const shareable = post.privacy === "public" || shared;
  return (
    <div className="actions">
      <Action
        icon="comment"
        label="post.comment"
        count={post.counts.comments}
        counted="post.comments"
        onClick={() => toComments(post.id, navigate)}
      />
      {shareable && shared && (
        <Action
          icon="share"
          label="post.unshare"
          count={post.counts.shares}
          counted="post.shares"
          pressed
          onClick={() => void actions.share(post.id, false)}
        />
      )}
      {shareable && !shared && (
        <Menu
          label={`${t("post.share")}, ${t("post.shares", { count: post.counts.shares })}`}
          items={[
            { label: t("post.share"), icon: "share", onSelect: () => setSharing(true) },
            { label: t("post.quote"), icon: "pen", onSelect: () => compose.quote(post) },
          ]}
        >
          <ShareFace count={post.counts.shares} />
        </Menu>
      )}
      <Action
        icon="heart"
        kind="action-like"
        label={liked ? "post.unlike" : "post.like"}
        count={post.counts.likes}
        counted="post.likes"
        pressed={liked}
        onClick={() => void actions.like(post.id, !liked)}
      />
      <Action
        icon="bookmark"
        label={saved ? "post.unsave" : "post.saveForLater"}
        pressed={saved}
        onClick={() => void actions.save(post.id, !saved)}
      />
      {sharing && <ShareDialog post={post} onClose={() => setSharing(false)} />}
    </div>
  );
}

function ShareFace({ count }: { count: number }) {
  const { compact } = useWords();
  return (
    <span className="action-face">
      <Icon name="share" />
      {count > 0 && <span aria-hidden="true">{compact(count)}</span>}
    </span>
  );
}
