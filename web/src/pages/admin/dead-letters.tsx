import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { freshet, type Schemas } from "../../core/freshet";
import { type Key, useWords } from "../../i18n";
import { Confirm } from "../../ui/dialog";
import { useNotices } from "../../ui/notices";
import { PagedList } from "../../ui/paged-list";
import { EmptyState } from "../../ui/states";

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
        {t("admin.failed", { time: ago(letter.failed_at, Date.now()), count: letter.attempts })}
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

const PER_TOPIC = 20;

interface Cursor {
  topic: string;
  cursor?: string;
}

async function firstCursors(signal: AbortSignal): Promise<Cursor[]> {
  const { items } = await freshet.get("/v1/admin/topics", { signal });
  return items
    .filter(({ topic, records }) => topic.endsWith(".dlq") && records > 0)
    .map(({ topic }) => ({ topic: topic.slice(0, -".dlq".length) }));
}

/** The newest of each topic, then the next of each that has more. */
async function fetchLetters(after: string | undefined, signal: AbortSignal) {
  const cursors =
    after === undefined ? await firstCursors(signal) : (JSON.parse(after) as Cursor[]);
  const pages = await Promise.all(
    cursors.map((from) =>
      freshet.get("/v1/admin/dead-letters", { query: { ...from, limit: PER_TOPIC }, signal }),
    ),
  );
  const left = cursors.flatMap(({ topic }, index): Cursor[] => {
    const next = pages[index]?.next;
    return next ? [{ topic, cursor: next }] : [];
  });
  return {
    items: pages
      .flatMap((page) => page.items)
      .sort((one, other) => other.failed_at.localeCompare(one.failed_at)),
    ...(left.length > 0 && { next: JSON.stringify(left) }),
  };
}

export function DeadLettersSection() {
  const { t } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
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
  return (
    <PagedList
      queryKey={KEY}
      fetch={fetchLetters}
      keyOf={({ id }) => id}
      draw={(letter) => <Letter letter={letter} onResolve={(one, how) => void resolve(one, how)} />}
      empty={
        <EmptyState icon="check" title={t("admin.deadEmpty")} text={t("admin.deadEmptyText")} />
      }
      usualHeight={220}
      refetchInterval={10_000}
    />
  );
}
