import { useWords } from "../i18n";
import { PostsView } from "../posts/posts-view";
import { postsTagged, usePosts } from "../posts/use-posts";
import { EmptyState } from "../ui/states";
import { useTitle } from "../ui/use-title";

export default function TagPage({ tag }: { tag: string }) {
  const { t } = useWords();
  useTitle(`#${tag}`);
  const list = usePosts(["tag", tag], postsTagged(tag));
  return (
    <>
      <h1 className="page-title">
        <bdi>#{tag}</bdi>
      </h1>
      <PostsView
        name={`tag ${tag}`}
        list={list}
        empty={<EmptyState title={t("tag.empty", { tag })} />}
      />
    </>
  );
}
