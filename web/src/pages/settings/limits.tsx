// Whom and what one does not want to see.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { type Account, freshet, type Schemas } from "../../core/freshet";
import { useWords } from "../../i18n";
import { MUTE_DURATIONS } from "../../people/mute-durations";
import { PeopleList, ROW_HEIGHT } from "../../people/people-list";
import { PersonRow } from "../../people/person-row";
import { Field, fieldProblem, textIn } from "../../ui/form";
import { useNotices } from "../../ui/notices";
import { PagedList } from "../../ui/paged-list";
import { EmptyState, ErrorState, reasonOf, Skeletons } from "../../ui/states";

/** Takes a block or mute back, then shows the list anew. */
function useLift(queryKey: readonly unknown[], verb: "block" | "mute") {
  const queries = useQueryClient();
  const notices = useNotices();
  return async ({ id }: Account) => {
    try {
      await freshet.delete(`/v1/accounts/{id}/${verb}`, { path: { id } });
      await queries.invalidateQueries({ queryKey });
      void queries.invalidateQueries({ queryKey: ["feed"] });
    } catch (error) {
      notices.sayError(error);
    }
  };
}

const BLOCKS = ["blocks"];
const MUTES = ["mutes"];
const WORDS = ["muted-words"];

export function BlocksSection() {
  const { t } = useWords();
  const lift = useLift(BLOCKS, "block");
  return (
    <PeopleList
      queryKey={BLOCKS}
      fetch={(cursor, signal) => freshet.get("/v1/me/blocks", { query: { cursor }, signal })}
      empty={t("settings.blocksEmpty")}
      actions={(account) => (
        <button type="button" className="button" onClick={() => void lift(account)}>
          {t("profile.unblock")}
        </button>
      )}
    />
  );
}

export function MutesSection() {
  const { t, dateTime } = useWords();
  const lift = useLift(MUTES, "mute");
  return (
    <PagedList
      queryKey={MUTES}
      fetch={(cursor, signal) => freshet.get("/v1/me/mutes", { query: { cursor }, signal })}
      keyOf={({ account }) => account.id}
      draw={({ account, expires_at }) => (
        <PersonRow
          account={account}
          {...(expires_at !== undefined && {
            note: t("settings.mutedUntil", { time: dateTime(expires_at) }),
          })}
        >
          <button type="button" className="button" onClick={() => void lift(account)}>
            {t("profile.unmute")}
          </button>
        </PersonRow>
      )}
      empty={<EmptyState title={t("settings.mutesEmpty")} />}
      usualHeight={ROW_HEIGHT}
    />
  );
}

export function WordsSection() {
  const words = useWords();
  const { t, dateTime } = words;
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const list = useQuery({
    queryKey: WORDS,
    queryFn: ({ signal }) => freshet.get("/v1/me/muted-words", { signal }),
  });
  const keep = (answer: Schemas["MutedWords"]) => {
    queries.setQueryData(WORDS, answer);
    void queries.invalidateQueries({ queryKey: ["feed"] });
  };
  const attempt = async (change: () => Promise<Schemas["MutedWords"]>) => {
    setError(undefined);
    try {
      keep(await change());
      return true;
    } catch (refused) {
      setError(refused);
      return false;
    }
  };
  const add = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const { hours } = MUTE_DURATIONS[Number(textIn(data, "duration"))] ?? {};
    const word = {
      word: textIn(data, "word"),
      ...(hours !== undefined && {
        expires_at: new Date(Date.now() + hours * 3_600_000).toISOString(),
      }),
    };
    if (await attempt(() => freshet.put("/v1/me/muted-words", { body: { words: [word] } })))
      form.reset();
  };
  if (list.isPending) return <Skeletons kind="row" count={2} />;
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const problem = fieldProblem(error, "words/0/word", words);
  return (
    <>
      <p className="soft">{t("settings.wordsHint")}</p>
      <form className="form" onSubmit={(event) => void add(event)}>
        <Field
          name="word"
          label={t("settings.wordsAdd")}
          required
          maxLength={100}
          problem={problem}
        />
        <label className="field">
          <span>{t("settings.wordsFor")}</span>
          <select name="duration" className="input">
            {MUTE_DURATIONS.map(({ name }, index) => (
              <option key={name} value={index}>
                {t(name)}
              </option>
            ))}
          </select>
        </label>
        <p className="field-problem" role="alert">
          {error !== undefined && problem === undefined && reasonOf(error, words)}
        </p>
        <div className="button-row">
          <button type="submit" className="button button-primary">
            {t("settings.wordsSubmit")}
          </button>
        </div>
      </form>
      {list.data.words.length === 0 && <EmptyState title={t("settings.wordsEmpty")} />}
      <ul className="chips">
        {list.data.words.map(({ word, expires_at }) => (
          <li key={word} className="chip">
            <bdi>{word}</bdi>
            {expires_at !== undefined && (
              <span className="soft">
                {t("settings.mutedUntil", { time: dateTime(expires_at) })}
              </span>
            )}
            <button
              type="button"
              className="link-button"
              aria-label={t("settings.wordsRemove", { word })}
              onClick={() =>
                void attempt(() => freshet.delete("/v1/me/muted-words", { query: { word } }))
              }
            >
              {t("app.delete")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
