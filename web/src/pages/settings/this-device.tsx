import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { type Account } from "../../core/freshet";
import {
  NoPushService,
  pushState,
  type PushState,
  switchPushOff,
  switchPushOn,
} from "../../core/push";
import { type Key, useWords } from "../../i18n";
import { Switch } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { useNotices } from "../../ui/notices";
import { ErrorState, Skeletons } from "../../ui/states";

const KEY = ["push"];

const WHY_NOT: Partial<Record<PushState, Key>> = {
  insecure: "settings.deviceInsecure",
  unsupported: "settings.deviceUnsupported",
  "server-off": "settings.deviceServerOff",
  blocked: "settings.deviceBlocked",
};

/** Looks again when the permission is given or taken in the browser's own settings. */
function usePermissionChanges(onChange: () => void): void {
  useEffect(() => {
    if (!("permissions" in navigator)) return;
    let status: PermissionStatus | undefined;
    let stale = false;
    navigator.permissions.query({ name: "notifications" }).then(
      (found) => {
        if (stale) return;
        status = found;
        status.addEventListener("change", onChange);
      },
      () => undefined, // a browser that cannot tell
    );
    return () => {
      stale = true;
      status?.removeEventListener("change", onChange);
    };
  }, [onChange]);
}

/** Whether this browser is told of notifications while the page is closed. */
export function ThisDevice({ me }: { me: Account }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const notices = useNotices();
  const query = useQuery({ queryKey: KEY, queryFn: pushState, staleTime: 0 });
  const [wanted, setWanted] = useState<boolean>();
  const { refetch } = query;
  usePermissionChanges(useCallback(() => void refetch(), [refetch]));
  const change = async (on: boolean) => {
    if (wanted !== undefined) return;
    setWanted(on);
    try {
      await (on ? switchPushOn(me.id) : switchPushOff());
    } catch (error) {
      if (error instanceof NoPushService) notices.say(t("settings.deviceNoService"));
      else notices.sayError(error);
    }
    await queries.invalidateQueries({ queryKey: KEY });
    setWanted(undefined);
  };
  const why = query.data && WHY_NOT[query.data];
  return (
    <div className="form" aria-busy={wanted !== undefined}>
      <h3>{t("settings.device")}</h3>
      {query.isPending && <Skeletons kind="row" count={1} />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void refetch()} />}
      {why && (
        <p className="status" role="status">
          <Icon name="bell" />
          <span>{t(why)}</span>
        </p>
      )}
      {query.data && !why && (
        <Switch
          label={t("settings.devicePush")}
          hint={t("settings.devicePushHint")}
          checked={wanted ?? query.data === "on"}
          onChange={(on) => void change(on)}
        />
      )}
    </div>
  );
}
