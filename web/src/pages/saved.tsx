import { useWords } from "../i18n";
import { PostsView } from "../posts/posts-view";
import { savedPosts, usePosts } from "../posts/use-posts";
import { EmptyState } from "../ui/states";
import { useTitle } from "../ui/use-title";

export default function SavedPage() {
  const { t } = useWords();
  useTitle(t("saved.title"));
  const list = usePosts(["saved"], savedPosts);
  return (
    <>
      <h1 className="page-title">{t("saved.title")}</h1>
      <PostsView
        name="saved"
        list={list}
        empty={<EmptyState icon="bookmark" title={t("saved.empty")} text={t("saved.emptyText")} />}
      />
    </>
  );
}
