// Following, blocking and muting: shown at once, taken back with a reason when the server refuses.
import { useMemo } from "react";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type Account, type Relationship, type Schemas } from "../core/freshet";
import { type Write } from "../core/outbox";
import { accounts, removePostsOf, outbox, putRelationship } from "../core/stores";
import { useWords } from "../i18n";
import { useNotices } from "../ui/notices";

type Answer = Schemas["RelationshipAnswer"];

const NONE: Relationship = {
  following: false,
  requested: false,
  followed_by: false,
  friend: false,
  blocking: false,
  muting: false,
};

/** What following, blocking or muting came to. */
export function putRelationshipAnswer(
  queries: QueryClient,
  id: string,
  { relationship }: Answer,
): void {
  putRelationship(id, relationship);
  if (relationship.blocking || relationship.muting) removePostsOf(id);
  // Read afresh when it is next opened; it does not move under who reads it.
  void queries.invalidateQueries({ queryKey: ["feed"], refetchType: "none" });
  void queries.invalidateQueries({ queryKey: ["posts-of", id] });
}

export function useRelationshipActions() {
  const notices = useNotices();
  const queries = useQueryClient();
  const { t } = useWords();
  return useMemo(() => {
    async function change(account: Account, expected: Partial<Relationship>, write: Write) {
      const before = account.relationship ?? NONE;
      const guess = { ...before, ...expected };
      accounts.put({
        ...account,
        relationship: { ...guess, friend: guess.following && guess.followed_by },
      });
      try {
        const outcome = await outbox.write<Answer>(write);
        if (outcome.state === "waiting") return notices.say(t("status.sentLater"));
        if (outcome.state === "overruled") return;
        putRelationshipAnswer(queries, account.id, outcome.answer);
      } catch (error) {
        putRelationship(account.id, before);
        notices.sayError(error);
      }
    }
    const write = (account: Account, verb: string, on: boolean, body?: unknown): Write => ({
      method: on ? "put" : "delete",
      path: `/v1/accounts/${account.id}/${verb}`,
      topic: `${verb} ${account.id}`,
      ...(body === undefined ? {} : { body }),
    });
    return {
      follow: (account: Account, on: boolean) =>
        change(
          account,
          on && account.private ? { requested: true } : { following: on, requested: false },
          write(account, "follow", on),
        ),
      block: (account: Account, on: boolean) =>
        change(
          account,
          on
            ? { blocking: true, following: false, requested: false, followed_by: false }
            : { blocking: false },
          write(account, "block", on),
        ),
      /** For so many hours; without, until it is taken back. */
      mute: (account: Account, on: boolean, hours?: number) =>
        change(
          account,
          { muting: on },
          write(
            account,
            "mute",
            on,
            on
              ? hours === undefined
                ? {}
                : { expires_at: new Date(Date.now() + hours * 3_600_000).toISOString() }
              : undefined,
          ),
        ),
    };
  }, [notices, queries, t]);
}
