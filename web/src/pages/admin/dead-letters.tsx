import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { freshet, type Schemas } from "../../core/freshet";
import { type Key, useWords } from "../../i18n";
import { Confirm } from "../../ui/dialog";
import { useNotices } from "../../ui/notices";
import { EmptyState, ErrorState, Skeletons } from "../../ui/states";

type DeadLetter = Schemas["DeadLetter"];

const KEY = ["dead-letters"];

function Letter({
  letter,
  onResolve,
}: {
  letter: DeadLetter;
  onResolve: (letter: DeadLetter, how: "replay" | "discard") => void;
}) {
  const { t, ago } = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <article className="card" aria-label={`${letter.topic} ${letter.offset}`}>
      <h2>
        {letter.topic} <span className="soft">→ {letter.group}</span>
      </h2>
      <p className="soft">
        {t("admin.failed", { time: ago(letter.failed_at, Date.now()), attempts: letter.attempts })}
      </p>
      <p className="letter-error">{letter.error}</p>
      <details>
        <summary>{t("admin.payload")}</summary>
        <pre tabIndex={0}>{letter.value}</pre>
      </details>
      <div className="button-row">
        <button type="button" className="button" onClick={() => setAsking(true)}>
          {t("admin.discard")}
        </button>
        <button
          type="button"
          className="button button-primary"
          onClick={() => onResolve(letter, "replay")}
        >
          {t("admin.replay")}
        </button>
      </div>
      {asking && (
        <Confirm
          title={t("admin.discardConfirm")}
          text={t("admin.discardText")}
          action={t("admin.discard")}
          onConfirm={() => onResolve(letter, "discard")}
          onClose={() => setAsking(false)}
        />
      )}
    </article>
  );
}

const SAID: Record<"replay" | "discard", Key> = {
  replay: "admin.replayed",
  discard: "admin.discarded",
};

// The newest of each topic that has some.
async function newestLetters(signal: AbortSignal): Promise<DeadLetter[]> {
  const { items } = await freshet.get("/v1/admin/topics", { signal });
  const pages = await Promise.all(
    items
      .filter(({ topic, records }) => topic.endsWith(".dlq") && records > 0)
      .map(({ topic }) => topic.slice(0, -".dlq".length))
      .map((topic) =>
        freshet.get("/v1/admin/dead-letters", { query: { topic, limit: 100 }, signal }),
      ),
  );
  const letters = pages.flatMap((page) => page.items);
  return letters.sort((one, other) => other.failed_at.localeCompare(one.failed_at));
}

export function DeadLettersSection() {
  const { t } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
  const list = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => newestLetters(signal),
    refetchInterval: 10_000,
  });
  const resolve = async ({ id }: DeadLetter, how: "replay" | "discard") => {
    try {
      if (how === "replay")
        await freshet.post("/v1/admin/dead-letters/{id}/replay", { path: { id } });
      else await freshet.delete("/v1/admin/dead-letters/{id}", { path: { id } });
      notices.say(t(SAID[how]));
    } catch (error) {
      notices.sayError(error);
    }
    await queries.invalidateQueries({ queryKey: KEY });
  };
  if (list.isPending) return <Skeletons kind="row" />;
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.length === 0)
    return <EmptyState icon="check" title={t("admin.deadEmpty")} text={t("admin.deadEmptyText")} />;
  return (
    <>
      {list.data.map((letter) => (
        <Letter key={letter.id} letter={letter} onResolve={(one, how) => void resolve(one, how)} />
      ))}
    </>
  );
}
