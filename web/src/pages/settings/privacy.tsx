import { type Account, freshet, type Schemas } from "../../core/freshet";
import { accounts } from "../../core/stores";
import { useWords } from "../../i18n";
import { Switch } from "../../ui/form";
import { useNotices } from "../../ui/notices";

/** Changes one's account: shown at once, taken back when it is refused. */
export function useEditMe(me: Account) {
  const notices = useNotices();
  const { t } = useWords();
  return async (guess: Partial<Account>, body: Schemas["EditProfile"]) => {
    accounts.put({ ...me, ...guess });
    try {
      freshet.session.updateAccount(await freshet.patch("/v1/me", { body }));
      notices.say(t("app.saved"));
    } catch (error) {
      accounts.put(me);
      notices.sayError(error);
    }
  };
}

export function PrivacySection({ me }: { me: Account }) {
  const { t } = useWords();
  const edit = useEditMe(me);
  const settings = me.settings ?? { language: null, time_zone: null, discoverable: true };
  return (
    <div className="form">
      <Switch
        label={t("settings.privateAccount")}
        hint={t("settings.privateHint")}
        checked={me.private}
        onChange={(on) => void edit({ private: on }, { private: on })}
      />
      <Switch
        label={t("settings.discoverable")}
        hint={t("settings.discoverableHint")}
        checked={settings.discoverable}
        onChange={(on) =>
          void edit(
            { settings: { ...settings, discoverable: on } },
            { settings: { discoverable: on } },
          )
        }
      />
    </div>
  );
}
