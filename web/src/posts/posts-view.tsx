import { type ReactNode } from "react";
import { useWords } from "../i18n";
import { ErrorState, Skeletons } from "../ui/states";
import { PostList } from "./post-list";
import { type usePosts } from "./use-posts";

/** A list of posts with what stands there while it loads, when it is empty and when it failed. */
export function PostsView(props: {
  name: string;
  list: ReturnType<typeof usePosts>;
  empty: ReactNode;
}) {
  const { t } = useWords();
  const { list } = props;
  if (list.isPending) return <Skeletons />;
  if (list.isError && list.entries.length === 0)
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.entries.length === 0) return <>{props.empty}</>;
  return (
    <PostList
      name={props.name}
      label={t("feed.label")}
      entries={list.entries}
      hasMore={list.hasNextPage}
      loadingMore={list.isFetchingNextPage}
      moreFailed={list.isFetchNextPageError}
      onMore={() => void list.fetchNextPage()}
    />
  );
}
