import { memo, type ReactNode, useId, useState } from "react";
import { Link, useLocation } from "wouter";
import { useEntity } from "../core/entities";
import { type Author, type Post, type QuotedPost } from "../core/freshet";
import { useMyId } from "../core/session";
import { posts } from "../core/stores";
import { useWords } from "../i18n";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { Time } from "../ui/time";
import { type Entry } from "./entries";
import { PostActions } from "./post-actions";
import { PostMenu } from "./post-menu";
import { RichText } from "./rich-text";
import { HistoryDialog } from "./history-dialog";

export function AuthorName({ author }: { author: Author }) {
  const { t } = useWords();
  return (
    <>
      <Link href={`/@${author.username}`} className="name">
        <bdi>{author.display_name}</bdi>
        {author.verified && (
          <span className="badge" title={t("profile.verified")}>
            <Icon name="check" />
            <span className="visually-hidden">{t("profile.verified")}</span>
          </span>
        )}
      </Link>
      <span className="soft handle">@{author.username}</span>
    </>
  );
}

function Quoted({ quote }: { quote: QuotedPost }) {
  const { t } = useWords();
  if (quote.unavailable || !quote.author || quote.text === undefined)
    return <div className="quote soft">{t("post.unavailable")}</div>;
  return (
    <div className="quote">
      <div className="post-head">
        <AuthorName author={quote.author} />
        {quote.created_at !== undefined && (
          <Link href={`/posts/${quote.id}`} className="soft">
            <Time at={quote.created_at} />
          </Link>
        )}
      </div>
      <RichText text={quote.text} entities={quote.entities ?? []} />
    </div>
  );
}

function PrivacyMark({ post }: { post: Post }) {
  const { t } = useWords();
  if (post.privacy === "public") return null;
  const label = t(`post.privacy.${post.privacy}`);
  return (
    <span className="soft privacy-mark" title={label}>
      <Icon name={post.privacy === "private" ? "lock" : "people"} />
      <span className="visually-hidden">{label}</span>
    </span>
  );
}

function EditedMark({ post }: { post: Post }) {
  const { t, dateTime } = useWords();
  const [open, setOpen] = useState(false);
  if (post.edited_at === null) return null;
  return (
    <>
      <button
        type="button"
        className="link-button soft"
        aria-label={t("post.editedAt", { time: dateTime(post.edited_at) })}
        onClick={() => setOpen(true)}
      >
        {t("post.edited")}
      </button>
      {open && <HistoryDialog id={post.id} onClose={() => setOpen(false)} />}
    </>
  );
}

/** All of a post but its actions: as the feed, the post's page and the trash show it. */
export function PostBody({ post, head }: { post: Post; head?: ReactNode }) {
  const { t } = useWords();
  return (
    <>
      <div className="post-head">
        <AuthorName author={post.author} />
        <Link href={`/posts/${post.id}`} className="soft post-time">
          <Time at={post.created_at} />
        </Link>
        <EditedMark post={post} />
        <PrivacyMark post={post} />
        {head}
      </div>
      <RichText text={post.text} entities={post.entities} />
      {post.location && (
        <p className="soft place">
          <Icon name="place" />
          {t("post.at", { place: post.location.name })}
        </p>
      )}
      {post.quote && <Quoted quote={post.quote} />}
    </>
  );
}

export interface PostCardProps {
  id: string;
  sharedBy?: Entry["sharedBy"];
  item?: Entry["item"];
  /** Its place in the feed, from 1; how many there are is not known. */
  position?: number;
}

export const PostCard = memo(function PostCard({ id, sharedBy, item, position }: PostCardProps) {
  const { t, ago } = useWords();
  const post = useEntity(posts, id);
  const me = useMyId();
  const [, navigate] = useLocation();
  const textId = useId();
  if (!post) return null;
  const label = t("post.by", {
    name: post.author.display_name,
    time: ago(post.created_at, Date.now()),
  });
  return (
    <article
      className="post"
      tabIndex={0}
      data-post={id}
      aria-label={label}
      aria-describedby={textId}
      {...(position !== undefined && { "aria-posinset": position, "aria-setsize": -1 })}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) navigate(`/posts/${id}`);
      }}
    >
      {sharedBy && (
        <div className="post-shared soft">
          <Icon name="share" />
          <Link href={`/@${sharedBy.username}`}>
            {t("post.sharedBy", { name: sharedBy.display_name })}
          </Link>
          {sharedBy.text !== null && <bdi>{sharedBy.text}</bdi>}
        </div>
      )}
      <div className="post-grid">
        <Link
          href={`/@${post.author.username}`}
          className="post-avatar"
          tabIndex={-1}
          aria-hidden="true"
        >
          <Avatar person={post.author} />
        </Link>
        <div className="post-main" id={textId}>
          <PostBody post={post} head={<PostMenu post={post} sharedBy={sharedBy} item={item} />} />
        </div>
      </div>
      {me && <PostActions post={post} />}
    </article>
  );
});
