// Sends what waits when there is a chance that it arrives, and shows what became of it.
import { type FreshetError } from "@freshet/client";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { returnDraft } from "./core/drafts";
import { type Comment, freshet, type Post, type Schemas } from "./core/freshet";
import { useLive } from "./core/live";
import { useOnline } from "./core/online";
import { type Write } from "./core/outbox";
import { aboutOf, wordsOf } from "./core/queued";
import { useSession } from "./core/session";
import { accounts, outbox, posts, putEngagement } from "./core/stores";
import { useWords } from "./i18n";
import { putRelationshipAnswer } from "./people/use-relationship";
import { putComment } from "./posts/use-comments";
import { atTop, prependToFeed } from "./posts/use-feed";
import { useNotices } from "./ui/notices";
import { isNotFound, reasonOf } from "./ui/states";

const RETRY_MS = 15_000;

/** Shows what the server made of a write that waited, as if it had answered at once. */
function show(queries: QueryClient, write: Write, answer: unknown): void {
  const { kind, id, part } = aboutOf(write);
  const readAgain = (...queryKey: string[]) => void queries.invalidateQueries({ queryKey });
  if (kind === "posts" && id === "") {
    const post = answer as Post;
    posts.put(post);
    // A feed that is asked for now may not know of it. One that is read does not move: its button counts the post.
    if (queries.isFetching({ queryKey: ["feed"] }) > 0) readAgain("feed");
    else if (location.pathname !== "/" || atTop()) void prependToFeed(queries, post);
  } else if (kind === "posts" && part === "comments") readAgain("comments", id);
  else if (kind === "posts" && part === "") {
    posts.remove(id);
    readAgain("trash");
  } else if (kind === "posts") putEngagement(id, answer as Schemas["Engagement"] | undefined);
  else if (kind === "comments" && part === "like") putComment(queries, answer as Comment);
  else if (kind === "comments") readAgain("comments");
  else if (kind === "accounts")
    putRelationshipAnswer(queries, id, answer as Schemas["RelationshipAnswer"]);
  else readAgain(kind);
}

/** Asks how that stands which a refused write was about; what it did to the page beforehand was wrong. */
async function correct(queries: QueryClient, write: Write): Promise<void> {
  const { kind, id } = aboutOf(write);
  const path = { id };
  if (kind === "posts" && id !== "")
    try {
      posts.put(await freshet.get("/v1/posts/{id}", { path }));
    } catch (error) {
      if (isNotFound(error)) posts.remove(id);
    }
  else if (kind === "accounts") accounts.put(await freshet.get("/v1/accounts/{id}", { path }));
  else if (kind !== "posts") await queries.invalidateQueries({ queryKey: [kind] });
}

export function useOutbox(): void {
  const words = useWords();
  const notices = useNotices();
  const online = useOnline();
  const { state } = useSession();
  const live = useLive();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  useEffect(() => outbox.onSent((write, answer) => show(queries, write, answer)), [queries]);
  useEffect(() => {
    const refused = (write: Write, error: FreshetError) => {
      const { t } = words;
      const reason = reasonOf(error, words);
      const written = wordsOf(write, error);
      if (written) {
        returnDraft(written.place, written.draft);
        const run = () => navigate(written.href);
        notices.say(t("status.refusedWords", { reason }), { label: t("app.show"), run });
      } else notices.say(t("status.refusedLater", { reason }));
      correct(queries, write).catch(() => undefined); // the next look at it asks again
    };
    outbox.onRefused(refused);
  }, [notices, words, queries, navigate]);
  useEffect(() => {
    if (state !== "signed-in" || !online) return;
    void outbox.flush();
    const retry = setInterval(() => void outbox.flush(), RETRY_MS);
    return () => clearInterval(retry);
  }, [state, online, live.state]);
}
