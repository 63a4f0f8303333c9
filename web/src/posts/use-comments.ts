import { type Write } from "../core/outbox";
import { outbox } from "../core/stores";
import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { type Comment, freshet, type Schemas } from "../core/freshet";
import { useWords } from "../i18n";
import { useNotices } from "../ui/notices";

export type CommentOrder = "oldest" | "newest" | "top";

type Page = Schemas["PageOfComment"];
type Pages = InfiniteData<Page, string | undefined>;

const key = (post: string) => ["comments", post] as const;

/** The comments on a post, or the replies to one of them. */
export function useComments(post: string, order: CommentOrder, replyTo?: string) {
  const query = useInfiniteQuery({
    queryKey: [...key(post), order, replyTo ?? ""],
    queryFn: ({ pageParam, signal }) =>
      freshet.get("/v1/posts/{id}/comments", {
        path: { id: post },
        query: { order, reply_to: replyTo, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return { ...query, comments: query.data?.pages.flatMap((page) => page.items) ?? [] };
}

function changeComment(
  queries: QueryClient,
  post: string,
  id: string,
  to: (comment: Comment) => Comment,
): void {
  queries.setQueriesData<Pages>({ queryKey: key(post) }, (data) => {
    if (!data) return data;
    const items = (page: Page) => page.items.map((one) => (one.id === id ? to(one) : one));
    return { ...data, pages: data.pages.map((page) => ({ ...page, items: items(page) })) };
  });
}

/** What a like of a comment came to. */
export function putComment(queries: QueryClient, comment: Comment): void {
  const queryKey = key(comment.post_id);
  changeComment(queries, comment.post_id, comment.id, () => comment);
  // A list that was asked for before the like may still come after it.
  if (queries.isFetching({ queryKey }) > 0) void queries.invalidateQueries({ queryKey });
}

export function useCommentActions(post: string) {
  const queries = useQueryClient();
  const notices = useNotices();
  const { t } = useWords();
  return useMemo(() => {
    const change = (id: string, to: (comment: Comment) => Comment) =>
      changeComment(queries, post, id, to);
    const reload = () => queries.invalidateQueries({ queryKey: key(post) });
    const liked = (on: boolean) => (comment: Comment) => ({
      ...comment,
      counts: { ...comment.counts, likes: Math.max(0, comment.counts.likes + (on ? 1 : -1)) },
      viewer: { liked: on },
    });
    return {
      like: async ({ id }: Comment, on: boolean) => {
        change(id, liked(on));
        try {
          const outcome = await outbox.write<Comment>({
            method: on ? "put" : "delete",
            path: `/v1/comments/${id}/like`,
            topic: `like comment ${id}`,
          });
          if (outcome.state === "waiting") return notices.say(t("status.sentLater"));
          if (outcome.state === "overruled") return;
          const { answer } = outcome;
          putComment(queries, answer);
        } catch (error) {
          change(id, liked(!on));
          notices.sayError(error);
        }
      },
      /** True when it was taken, by the server or to be sent later. Throws what the server refuses. */
      add: async (text: string, replyTo?: string) => {
        const outcome = await outbox.write<Comment>({
          method: "post",
          path: `/v1/posts/${post}/comments`,
          body: { text, ...(replyTo !== undefined && { reply_to: replyTo }) },
        });
        if (outcome.state === "waiting") notices.say(t("status.sentLater"));
        else await reload();
      },
      edit: async ({ id }: Comment, text: string) => {
        const edited = await freshet.patch("/v1/comments/{id}", { path: { id }, body: { text } });
        change(id, () => edited);
      },
      remove: async (comment: Comment) => {
        const { id } = comment;
        change(id, (one) => ({ ...one, deleted: true }));
        try {
          const write: Write = { method: "delete", path: `/v1/comments/${id}` };
          const outcome = await outbox.write({ ...write, topic: `comment ${id}` });
          if (outcome.state === "waiting") notices.say(t("status.sentLater"));
          else await reload();
        } catch (error) {
          change(id, () => comment);
          notices.sayError(error);
        }
      },
    };
  }, [queries, notices, post, t]);
}
