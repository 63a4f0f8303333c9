import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { type Account, freshet, type Schemas } from "../../core/freshet";
import { useWords } from "../../i18n";
import { Choice, Switch } from "../../ui/form";
import { useNotices } from "../../ui/notices";
import { ErrorState, Skeletons } from "../../ui/states";
import { ThisDevice } from "./this-device";

type Preferred = Schemas["NotificationPreferences"];

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

/** Shows a choice at once and sends it, one after the other: the last one counts. */
function useSave() {
  const { t } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
  const sending = useRef(Promise.resolve());
  const newest = useRef<Preferred>(undefined);
  const send = async (next: Preferred) => {
    if (next !== newest.current) return;
    try {
      await freshet.put("/v1/me/notification-preferences", { body: next });
      notices.say(t("app.saved"));
    } catch (error) {
      notices.sayError(error);
      await queries.invalidateQueries({ queryKey: KEY });
    }
  };
  return (next: Preferred) => {
    queries.setQueryData(KEY, next);
    newest.current = next;
    sending.current = sending.current.then(() => send(next));
  };
}

export function NotificationsSection({ me }: { me: Account }) {
  return (
    <>
      <Preferences />
      <ThisDevice me={me} />
    </>
  );
}

function Preferences() {
  const { t } = useWords();
  const save = useSave();
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => freshet.get("/v1/me/notification-preferences", { signal }),
  });
  if (query.isPending) return <Skeletons kind="row" />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const preferences = query.data;
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
              save({ ...preferences, types: { ...preferences.types, [kind]: way } })
            }
          />
        ))}
      </div>
      <Switch
        label={t("settings.quiet")}
        checked={quiet !== undefined}
        onChange={(on) => (on ? setQuiet(NIGHT) : save(loud))}
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
                    setQuiet({
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
        onChange={(digest) => save({ ...preferences, email_digest: digest })}
      />
    </div>
  );
}
