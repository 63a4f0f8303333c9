// What a reader does to a post: shown at once, sent behind, taken back with a reason when the server refuses.
import { useMemo } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { freshet, type Post, type Schemas } from "../core/freshet";
import { type Write } from "../core/outbox";
import { outbox, posts, putEngagement } from "../core/stores";
import { useWords } from "../i18n";
import { useNotices } from "../ui/notices";

type Engagement = Schemas["Engagement"];
type Mark = keyof Post["viewer"];
type Counted = keyof Post["counts"];

function marked(post: Post, mark: Mark, on: boolean, counted?: Counted): Post {
  if (post.viewer[mark] === on) return post;
  const viewer = { ...post.viewer, [mark]: on };
  if (!counted) return { ...post, viewer };
  const count = Math.max(0, post.counts[counted] + (on ? 1 : -1));
  return { ...post, viewer, counts: { ...post.counts, [counted]: count } };
}

export function usePostActions() {
  const notices = useNotices();
  const queries = useQueryClient();
  const { t } = useWords();
  return useMemo(() => {
    /** Marks the post, then writes; undoes the mark when that is refused. */
    async function mark(id: string, name: Mark, on: boolean, write: Write, counted?: Counted) {
      posts.change(id, (post) => marked(post, name, on, counted));
      try {
        const outcome = await outbox.write<Engagement | undefined>(write);
        if (outcome.state === "waiting") return notices.say(t("status.sentLater"));
        if (outcome.state === "overruled") return;
        putEngagement(id, outcome.answer);
      } catch (error) {
        posts.change(id, (post) => marked(post, name, !on, counted));
        notices.sayError(error);
      }
    }
    return {
      like: (id: string, on: boolean) =>
        mark(
          id,
          "liked",
          on,
          { method: on ? "put" : "delete", path: `/v1/posts/${id}/like`, topic: `like ${id}` },
          "likes",
        ),
      save: (id: string, on: boolean) =>
        mark(id, "saved", on, {
          method: on ? "put" : "delete",
          path: `/v1/posts/${id}/save`,
          topic: `save ${id}`,
        }),
      share: (id: string, on: boolean, text?: string) => {
        const write: Write = on
          ? { method: "post", path: `/v1/posts/${id}/shares`, body: text ? { text } : {} }
          : { method: "delete", path: `/v1/posts/${id}/shares/mine` };
        return mark(id, "shared", on, { ...write, topic: `share ${id}` }, "shares");
      },
      /** Away at once; the notice leads back for as long as the trash keeps it. */
      remove: async (post: Post) => {
        posts.remove(post.id);
        const restore = async () => {
          try {
            posts.put(await freshet.post("/v1/posts/{id}/restore", { path: { id: post.id } }));
            // Home has kept its place; asked now, it may not know of it again yet.
            void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "feed" });
          } catch (error) {
            notices.sayError(error);
          }
        };
        try {
          const topic = `post ${post.id}`;
          await outbox.write({ method: "delete", path: `/v1/posts/${post.id}`, topic });
          const undo = () => {
            if (outbox.withdraw(topic)) posts.put(post);
            else void restore();
          };
          notices.say(t("post.deleted"), { label: t("app.undo"), run: undo });
        } catch (error) {
          posts.put(post);
          notices.sayError(error);
        }
      },
    };
  }, [notices, queries, t]);
}
