import { useQuery, useQueryClient } from "@tanstack/react-query";
import { freshet, type Schemas } from "../../core/freshet";
import { useWords } from "../../i18n";
import { Choice, Switch } from "../../ui/form";
import { useNotices } from "../../ui/notices";
import { ErrorState, Skeletons } from "../../ui/states";

type Preferences = Schemas["NotificationPreferences"];

const KEY = ["notification-preferences"];
const KINDS = [
  "follow",
  "request",
  "like",
  "share",
  "comment",
  "reply",
  "mention",
  "quote",
] as const;
const WAYS = ["push", "inbox", "off"] as const;
const DIGESTS = ["off", "daily", "weekly"] as const;
const NIGHT = { start: "22:00", end: "07:00" };

export function NotificationsSection() {
  const { t } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => freshet.get("/v1/me/notification-preferences", { signal }),
  });
  if (query.isPending) return <Skeletons kind="row" />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const preferences = query.data;
  const save = async (next: Preferences) => {
    queries.setQueryData(KEY, next);
    try {
      queries.setQueryData(
        KEY,
        await freshet.put("/v1/me/notification-preferences", { body: next }),
      );
      notices.say(t("app.saved"));
    } catch (error) {
      queries.setQueryData(KEY, preferences);
      notices.sayError(error);
    }
  };
  const { quiet_hours: quiet, ...loud } = preferences;
  const setQuiet = (hours: { start: string; end: string }) =>
    save({
      ...preferences,
      quiet_hours: { ...hours, utc_offset: -new Date().getTimezoneOffset() },
    });
  return (
    <div className="form">
      <div className="field-grid">
        {KINDS.map((kind) => (
          <Choice
            key={kind}
            label={t(`settings.kind.${kind}`)}
            value={preferences.types[kind]}
            options={WAYS.map((way) => [way, t(`settings.way.${way}`)] as const)}
            onChange={(way) =>
              void save({ ...preferences, types: { ...preferences.types, [kind]: way } })
            }
          />
        ))}
      </div>
      <Switch
        label={t("settings.quiet")}
        checked={quiet !== undefined}
        onChange={(on) => void (on ? setQuiet(NIGHT) : save(loud))}
      />
      {quiet && (
        <div className="field-grid">
          {(["start", "end"] as const).map((end) => (
            <label key={end} className="field">
              <span>{t(end === "start" ? "settings.quietFrom" : "settings.quietTo")}</span>
              <input
                type="time"
                className="input"
                value={quiet[end]}
                required
                onChange={(event) => {
                  if (event.target.value)
                    void setQuiet({
                      start: quiet.start,
                      end: quiet.end,
                      [end]: event.target.value,
                    });
                }}
              />
            </label>
          ))}
        </div>
      )}
      <Choice
        label={t("settings.digest")}
        value={preferences.email_digest ?? "off"}
        options={DIGESTS.map((digest) => [digest, t(`settings.digest.${digest}`)] as const)}
        onChange={(digest) => void save({ ...preferences, email_digest: digest })}
      />
    </div>
  );
}
