import { useQueryClient } from "@tanstack/react-query";
import { freshet, type Schemas } from "../core/freshet";
import { changePages, type Pages, without } from "../core/pages";
import { posts } from "../core/stores";
import { useWords } from "../i18n";
import { PostBody } from "../posts/post-card";
import { useNotices } from "../ui/notices";
import { PagedList } from "../ui/paged-list";
import { EmptyState } from "../ui/states";
import { useTitle } from "../ui/use-title";

type DeletedPost = Schemas["DeletedPost"];
type List = Pages<Schemas["PageOfDeletedPost"]>;

const KEY = ["trash"];

export default function TrashPage() {
  const { t, date } = useWords();
  useTitle(t("trash.title"));
  const queries = useQueryClient();
  const notices = useNotices();
  const restore = async (id: string) => {
    try {
      posts.put(await freshet.post("/v1/posts/{id}/restore", { path: { id } }));
      await changePages(queries, KEY, (data: List) =>
        without(data, ({ post }: DeletedPost) => post.id === id),
      );
      void queries.invalidateQueries({ queryKey: ["feed"] });
      notices.say(t("trash.restored"));
    } catch (error) {
      notices.sayError(error);
    }
  };
  return (
    <>
      <h1 className="page-title">{t("trash.title")}</h1>
      <p className="note">{t("trash.hint")}</p>
      <PagedList
        queryKey={KEY}
        fetch={(cursor, signal) => freshet.get("/v1/me/deleted", { query: { cursor }, signal })}
        keyOf={({ post }) => post.id}
        draw={({ post, restorable_until }) => (
          <div className="trash-row">
            <div className="card">
              <PostBody post={post} />
              <div className="button-row">
                <span className="soft">{t("trash.until", { time: date(restorable_until) })}</span>
                <button type="button" className="button" onClick={() => void restore(post.id)}>
                  {t("trash.restore")}
                </button>
              </div>
            </div>
          </div>
        )}
        empty={<EmptyState icon="trash" title={t("trash.empty")} />}
        usualHeight={150}
        skeleton="post"
      />
    </>
  );
}
