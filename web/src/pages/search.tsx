import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { freshet } from "../core/freshet";
import { useSession } from "../core/session";
import { accounts } from "../core/stores";
import { useWords } from "../i18n";
import { PeopleList } from "../people/people-list";
import { PersonRow } from "../people/person-row";
import { EmptyState, ErrorState, Skeletons } from "../ui/states";
import { useTitle } from "../ui/use-title";

function Suggestions() {
  const { t } = useWords();
  const suggestions = useQuery({
    queryKey: ["people-you-may-know"],
    queryFn: async ({ signal }) => {
      const page = await freshet.get("/v1/accounts/suggestions", { query: { limit: 20 }, signal });
      accounts.put(...page.items.map(({ account }) => account));
      return page.items;
    },
    staleTime: 5 * 60_000,
  });
  if (suggestions.isPending) return <Skeletons kind="row" />;
  if (suggestions.isError)
    return <ErrorState error={suggestions.error} onRetry={() => void suggestions.refetch()} />;
  if (suggestions.data.length === 0) return null;
  return (
    <section aria-labelledby="suggestions">
      <h2 id="suggestions" className="section-title">
        {t("search.suggestions")}
      </h2>
      <ul className="people">
        {suggestions.data.map(({ account, mutual_count }) => (
          <li key={account.id}>
            <PersonRow
              account={account}
              {...(mutual_count > 0 && { note: t("search.mutuals", { count: mutual_count }) })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Tags({ q }: { q: string }) {
  const { t, compact } = useWords();
  const tags = useQuery({
    queryKey: ["tags", q],
    queryFn: ({ signal }) => freshet.get("/v1/hashtags/search", { query: { q, limit: 8 }, signal }),
  });
  const found = tags.data?.items ?? [];
  if (found.length === 0) return null;
  return (
    <section aria-labelledby="tags">
      <h2 id="tags" className="section-title">
        {t("search.tags")}
      </h2>
      <ul className="chips">
        {found.map(({ tag, uses }) => (
          <li key={tag}>
            <Link href={`/tags/${encodeURIComponent(tag)}`} className="chip">
              <bdi>#{tag}</bdi> <span className="soft">{compact(uses)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function SearchPage() {
  const { t } = useWords();
  useTitle(t("search.title"));
  const { state } = useSession();
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get("q") ?? "");
  const q = text.trim().replace(/^[@#]/, "");
  const [settled, setSettled] = useState(q);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(q);
      setParams(q === "" ? {} : { q }, { replace: true });
    }, 200);
    return () => clearTimeout(timer);
  }, [q, setParams]);
  return (
    <>
      <h1 className="visually-hidden">{t("search.title")}</h1>
      <form role="search" className="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          className="input"
          autoFocus
          value={text}
          aria-label={t("search.label")}
          placeholder={t("search.label")}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {settled === "" && state === "signed-in" && <Suggestions />}
      {settled === "" && state === "signed-out" && (
        <EmptyState icon="search" title={t("search.label")} text={t("search.nothingText")} />
      )}
      {settled !== "" && (
        <>
          <Tags q={settled} />
          <section aria-labelledby="people">
            <h2 id="people" className="section-title">
              {t("search.people")}
            </h2>
            <PeopleList
              queryKey={["search", settled]}
              fetch={(cursor, signal) =>
                freshet.get("/v1/accounts/search", {
                  query: { q: settled, ...(cursor !== undefined && { cursor }) },
                  signal,
                })
              }
              empty={t("search.nothing", { q: settled })}
            />
          </section>
        </>
      )}
    </>
  );
}
