import { useQueryClient } from "@tanstack/react-query";
import { freshet } from "../../core/freshet";
import { useWords } from "../../i18n";
import { useNotices } from "../../ui/notices";
import { PagedList } from "../../ui/paged-list";

const KEY = ["sessions"];

export function SessionsSection() {
  const { t, ago } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
  const end = async (call: () => Promise<unknown>) => {
    try {
      await call();
      await queries.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      notices.sayError(error);
    }
  };
  return (
    <PagedList
      queryKey={KEY}
      fetch={(cursor, signal) => freshet.get("/v1/me/sessions", { query: { cursor }, signal })}
      keyOf={({ id }) => id}
      head={(sessions) =>
        sessions.length > 1 && (
          <div className="button-row">
            <button
              type="button"
              className="button button-danger"
              onClick={() => void end(() => freshet.delete("/v1/me/sessions"))}
            >
              {t("settings.sessionEndOthers")}
            </button>
          </div>
        )
      }
      draw={(session) => (
        <div className="row">
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
                void end(() => freshet.delete("/v1/me/sessions/{id}", { path: { id: session.id } }))
              }
            >
              {t("settings.sessionEnd")}
            </button>
          )}
        </div>
      )}
      empty={null}
      usualHeight={90}
    />
  );
}
