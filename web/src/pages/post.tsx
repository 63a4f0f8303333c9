import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { useEntity } from "../core/entities";
import { freshet } from "../core/freshet";
import { useKeys } from "../core/keys";
import { useLive } from "../core/live";
import { useMyId } from "../core/session";
import { posts } from "../core/stores";
import { useWords } from "../i18n";
import { Comments } from "../posts/comments";
import { toComments } from "../posts/post-actions";
import { PostCard } from "../posts/post-card";
import { usePostActions } from "../posts/use-post-actions";
import { EmptyState, ErrorState, isNotFound, Skeletons } from "../ui/states";
import { useTitle } from "../ui/use-title";

export default function PostPage({ id }: { id: string }) {
  const { t } = useWords();
  const post = useEntity(posts, id);
  const me = useMyId();
  const actions = usePostActions();
  const [, navigate] = useLocation();
  const { watch } = useLive();
  const query = useQuery({
    queryKey: ["post", id],
    queryFn: async ({ signal }) => {
      const fetched = await freshet.get("/v1/posts/{id}", { path: { id }, signal });
      posts.put(fetched);
      return fetched.id;
    },
  });
  useTitle(post?.author.display_name ?? "");
  useEffect(() => {
    watch("post", [id]);
    return () => watch("post", []);
  }, [watch, id]);

  useKeys({
    l: () => {
      if (post && me) void actions.like(id, !post.viewer.liked);
    },
    r: () => toComments(id, navigate),
  });

  if (query.isError && (!post || isNotFound(query.error)))
    return <ErrorState whole error={query.error} onRetry={() => void query.refetch()} />;
  if (!post && query.isPending) return <Skeletons count={1} />;
  if (!post)
    return (
      <EmptyState
        whole
        icon="question"
        title={t("error.notFound")}
        text={t("error.notFoundText")}
      />
    );
  return (
    <>
      <h1 className="visually-hidden">{t("post.of", { name: post.author.display_name })}</h1>
      <div className="single-post">
        <PostCard id={id} />
      </div>
      <Comments post={post} />
    </>
  );
}
