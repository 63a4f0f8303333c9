import { useState } from "react";
import { Link } from "wouter";
import { chooseOrder, chosenOrder, type Order } from "../core/feed";
import { useKeys } from "../core/keys";
import { useMyId } from "../core/session";
import { useWords } from "../i18n";
import { Composer } from "../posts/composer";
import { PostList } from "../posts/post-list";
import { useFeed } from "../posts/use-feed";
import { Icon } from "../ui/icon";
import { useNotices } from "../ui/notices";
import { EmptyState, ErrorState, Skeletons } from "../ui/states";
import { useTitle } from "../ui/use-title";

const ORDERS: Order[] = ["ranked", "latest"];

export function HomePage() {
  const { t } = useWords();
  useTitle(t("home.title"));
  const [order, setOrder] = useState(chosenOrder);
  const account = useMyId() ?? "";
  return (
    <>
      <h1 className="visually-hidden">{t("home.title")}</h1>
      <section className="card home-composer" aria-label={t("compose.title")}>
        <Composer composing={{ kind: "new" }} />
      </section>
      <div className="segmented" role="group" aria-label={t("home.order")}>
        {ORDERS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === order}
            onClick={() => {
              chooseOrder(one);
              setOrder(one);
            }}
          >
            {t(`home.${one}`)}
          </button>
        ))}
      </div>
      <Feed key={`${account} ${order}`} account={account} order={order} />
    </>
  );
}

function Feed({ account, order }: { account: string; order: Order }) {
  const { t } = useWords();
  const notices = useNotices();
  const feed = useFeed(account, order);
  const showNewer = async () => {
    try {
      await feed.refresh();
      scrollTo({ top: 0 });
      document.querySelector<HTMLElement>("[role=feed] article")?.focus({ preventScroll: true });
    } catch (error) {
      notices.sayError(error);
    }
  };
  useKeys({ ".": () => void showNewer() });
  if (feed.isPending) return <Skeletons />;
  if (feed.isError && feed.entries.length === 0)
    return <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />;
  const rung = feed.served?.rung;
  const told = rung === "partial" || (rung === "latest" && order === "ranked") ? rung : undefined;
  return (
    <>
      <div className="newer" role="status">
        {feed.newer > 0 && (
          <button type="button" className="button button-primary" onClick={() => void showNewer()}>
            <Icon name="up" />
            {t("home.newer", { count: feed.newer })}
          </button>
        )}
      </div>
      {told && <p className="note">{t(`home.rung.${told}`)}</p>}
      {feed.entries.length === 0 ? (
        <EmptyState title={t("home.empty")} text={t("home.emptyText")}>
          <Link href="/search" className="button button-primary">
            {t("home.find")}
          </Link>
        </EmptyState>
      ) : (
        <PostList
          name={`home ${order}`}
          label={t("feed.label")}
          entries={feed.entries}
          hasMore={feed.hasNextPage}
          loadingMore={feed.isFetchingNextPage}
          moreFailed={feed.isFetchNextPageError}
          onMore={() => void feed.fetchNextPage()}
        />
      )}
    </>
  );
}
