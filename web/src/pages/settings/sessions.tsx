import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { freshet } from "../../core/freshet";
import { useWords } from "../../i18n";
import { useNotices } from "../../ui/notices";
import { ErrorState, Skeletons } from "../../ui/states";

const KEY = ["sessions"];

export function SessionsSection() {
  const { t, ago } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
  const list = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam, signal }) =>
      freshet.get("/v1/me/sessions", { query: { cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const end = async (call: () => Promise<unknown>) => {
    try {
      await call();
      await queries.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      notices.sayError(error);
    }
  };
  if (list.isPending) return <Skeletons kind="row" count={2} />;
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const sessions = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      <ul className="rows">
        {sessions.map((session) => (
          <li key={session.id}>
            <div>
              <p>
                {session.user_agent || "–"}
                {session.current && <strong> · {t("settings.sessionCurrent")}</strong>}
              </p>
              <p className="soft">
                {t("settings.sessionSeen", {
                  time: ago(session.last_used_at, Date.now()),
                  address: session.address,
                })}
              </p>
            </div>
            {!session.current && (
              <button
                type="button"
                className="button"
                onClick={() =>
                  void end(() =>
                    freshet.delete("/v1/me/sessions/{id}", { path: { id: session.id } }),
                  )
                }
              >
                {t("settings.sessionEnd")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <div className="button-row">
        {list.hasNextPage && (
          <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
            {t("app.loadMore")}
          </button>
        )}
        {sessions.length > 1 && (
          <button
            type="button"
            className="button button-danger"
            onClick={() => void end(() => freshet.delete("/v1/me/sessions"))}
          >
            {t("settings.sessionEndOthers")}
          </button>
        )}
      </div>
    </>
  );
}
