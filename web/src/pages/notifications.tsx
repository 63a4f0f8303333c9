import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { freshet, type Notification, type Schemas } from "../core/freshet";
import { useLiveEvents } from "../core/live";
import { changePages, type Pages, without } from "../core/pages";
import { type Key, useWords, type Words } from "../i18n";
import { Avatar } from "../ui/avatar";
import { type IconName, Icon } from "../ui/icon";
import { LongList } from "../ui/long-list";
import { useNotices } from "../ui/notices";
import { EmptyState, ErrorState, Skeletons } from "../ui/states";
import { Time } from "../ui/time";
import { useTitle } from "../ui/use-title";

type List = Pages<Schemas["PageOfNotification"]>;

const ICONS: Record<Notification["type"], IconName> = {
  follow: "person",
  request: "person",
  like: "heart",
  share: "share",
  comment: "comment",
  reply: "comment",
  mention: "comment",
  quote: "pen",
};

/** "Ana and 12 others". */
function whoOf({ actors, count }: Notification, { t }: Words): string {
  const [first, second] = actors;
  const name = first?.display_name ?? "";
  if (count <= 1 || !second) return name;
  if (count === 2) return t("notifications.two", { name, second: second.display_name });
  return t("notifications.others", { name, count: count - 1 });
}

function textOf(notification: Notification, words: Words): string {
  const onComment = notification.type === "like" && notification.comment_id !== undefined;
  const key: Key = onComment ? "notifications.likeComment" : `notifications.${notification.type}`;
  return words.t(key, { who: whoOf(notification, words) });
}

function hrefOf({ type, post, actors }: Notification): string {
  if (type === "request") return "/requests";
  if (post) return `/posts/${post.id}${type === "comment" || type === "reply" ? "#comments" : ""}`;
  return `/@${actors[0]?.username ?? ""}`;
}

function Row({ notification }: { notification: Notification }) {
  const words = useWords();
  return (
    <article className={notification.read ? "notification" : "notification notification-unread"}>
      <span className={`notification-icon notification-${notification.type}`}>
        <Icon name={ICONS[notification.type]} filled={notification.type === "like"} />
      </span>
      <div className="notification-main">
        <div className="notification-actors">
          {notification.actors.slice(0, 6).map((actor) => (
            <Link
              key={actor.id}
              href={`/@${actor.username}`}
              aria-label={actor.display_name}
              title={actor.display_name}
            >
              <Avatar person={actor} />
            </Link>
          ))}
        </div>
        <Link href={hrefOf(notification)} className="notification-text">
          {!notification.read && (
            <span className="visually-hidden">{words.t("notifications.unread")}: </span>
          )}
          <bdi>{textOf(notification, words)}</bdi>
        </Link>
        <span className="soft">
          <Time at={notification.updated_at} />
        </span>
        {notification.post && (
          <p className="soft excerpt" dir="auto">
            {notification.post.text}
          </p>
        )}
      </div>
    </article>
  );
}

// A notification of a group that is there already moves to the front.
function withNotification(data: List, notification: Notification): List {
  const others = without(data, ({ group }: Notification) => group === notification.group);
  const [first, ...rest] = others.pages;
  if (!first) return data;
  return { ...others, pages: [{ ...first, items: [notification, ...first.items] }, ...rest] };
}

export default function NotificationsPage() {
  const { t } = useWords();
  useTitle(t("notifications.title"));
  const queries = useQueryClient();
  const notices = useNotices();
  const [unread, setUnread] = useState(false);
  const queryKey = ["notifications", unread];
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      freshet.get("/v1/notifications", {
        query: { cursor: pageParam, ...(unread && { unread: true }) },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  useLiveEvents((event) => {
    if (event.event === "reset") void list.refetch();
    if (event.event !== "notification") return;
    const { notification } = event.data;
    void changePages(queries, queryKey, (data: List) => withNotification(data, notification));
  });
  const shown = list.data?.pages.flatMap((page) => page.items) ?? [];
  const markRead = async () => {
    const [newest] = shown;
    if (!newest) return;
    try {
      const left = await freshet.post("/v1/notifications/read", { body: { up_to: newest.id } });
      queries.setQueryData(["unread-count"], left);
      await queries.invalidateQueries({ queryKey: ["notifications"] });
    } catch (error) {
      notices.sayError(error);
    }
  };
  return (
    <>
      <div className="page-head">
        <h1 className="page-title">{t("notifications.title")}</h1>
        <button
          type="button"
          className="button"
          aria-disabled={!shown.some(({ read }) => !read)}
          onClick={() => void markRead()}
        >
          {t("notifications.markRead")}
        </button>
      </div>
      <div className="segmented" role="group" aria-label={t("notifications.title")}>
        <button type="button" aria-pressed={!unread} onClick={() => setUnread(false)}>
          {t("notifications.all")}
        </button>
        <button type="button" aria-pressed={unread} onClick={() => setUnread(true)}>
          {t("notifications.unread")}
        </button>
      </div>
      {list.isPending && <Skeletons kind="row" />}
      {list.isError && !list.data && (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && shown.length === 0 && (
        <EmptyState
          icon="bell"
          title={t("notifications.empty")}
          text={t("notifications.emptyText")}
        />
      )}
      {shown.length > 0 && (
        <div className="card notifications">
          <LongList
            name={`notifications ${String(unread)}`}
            role="list"
            rowRole="listitem"
            items={shown}
            keyOf={({ group }) => group}
            draw={(notification) => <Row notification={notification} />}
            usualHeight={130}
            skeleton="row"
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            moreFailed={list.isFetchNextPageError}
            onMore={() => void list.fetchNextPage()}
          />
        </div>
      )}
    </>
  );
}
