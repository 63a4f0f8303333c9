import { useQueryClient } from "@tanstack/react-query";
import { type Account, freshet } from "../core/freshet";
import { changePages, without } from "../core/pages";
import { outbox } from "../core/stores";
import { useWords } from "../i18n";
import { type People, PeopleList } from "../people/people-list";
import { useNotices } from "../ui/notices";
import { useTitle } from "../ui/use-title";

const KEY = ["follow-requests"];

export default function RequestsPage() {
  const { t } = useWords();
  useTitle(t("requests.title"));
  const queries = useQueryClient();
  const notices = useNotices();
  const answer = async (account: Account, verb: "put" | "delete") => {
    const before = queries.getQueryData<People>(KEY);
    await changePages(queries, KEY, (data: People) =>
      without(data, ({ id }: Account) => id === account.id),
    );
    try {
      const write = { method: verb, path: `/v1/follow-requests/${account.id}` };
      const outcome = await outbox.write({ ...write, topic: `request ${account.id}` });
      if (outcome.state === "waiting") notices.say(t("status.sentLater"));
    } catch (error) {
      await changePages(queries, KEY, (data: People) => before ?? data);
      notices.sayError(error);
    }
  };
  return (
    <>
      <h1 className="page-title">{t("requests.title")}</h1>
      <PeopleList
        queryKey={KEY}
        fetch={(cursor, signal) =>
          freshet.get("/v1/follow-requests", { query: { cursor }, signal })
        }
        empty={t("requests.empty")}
        actions={(account) => (
          <>
            <button
              type="button"
              className="button button-primary"
              aria-label={t("requests.acceptName", { name: account.display_name })}
              onClick={() => void answer(account, "put")}
            >
              {t("requests.accept")}
            </button>
            <button
              type="button"
              className="button"
              aria-label={t("requests.refuseName", { name: account.display_name })}
              onClick={() => void answer(account, "delete")}
            >
              {t("requests.refuse")}
            </button>
          </>
        )}
      />
    </>
  );
}
