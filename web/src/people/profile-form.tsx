import { type SubmitEvent, useId, useState } from "react";
import { type Account, freshet } from "../core/freshet";
import { useWords } from "../i18n";
import { Dialog } from "../ui/dialog";
import { Field, fieldProblem, textIn } from "../ui/form";
import { useNotices } from "../ui/notices";
import { reasonOf } from "../ui/states";

const FIELDS = ["display_name", "bio", "avatar_url"];

export function ProfileForm({ account, onDone }: { account: Account; onDone?: () => void }) {
  const words = useWords();
  const { t } = words;
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const bioId = useId();
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => textIn(form, name).trim();
    setBusy(true);
    setError(undefined);
    try {
      const changed = await freshet.patch("/v1/me", {
        body: {
          display_name: text("display_name"),
          bio: text("bio"),
          avatar_url: text("avatar_url") || null,
        },
      });
      freshet.session.updateAccount(changed);
      notices.say(t("app.saved"));
      onDone?.();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const told = FIELDS.some((field) => fieldProblem(error, field, words) !== undefined);
  return (
    <form className="form" onSubmit={(event) => void submit(event)} aria-busy={busy}>
      <Field
        name="display_name"
        label={t("profile.name")}
        defaultValue={account.display_name}
        required
        problem={fieldProblem(error, "display_name", words)}
      />
      <div className="field">
        <label htmlFor={bioId}>{t("profile.bio")}</label>
        <textarea
          id={bioId}
          name="bio"
          className="input"
          rows={3}
          dir="auto"
          defaultValue={account.bio}
          aria-invalid={fieldProblem(error, "bio", words) !== undefined}
        />
        <p className="field-problem">{fieldProblem(error, "bio", words)}</p>
      </div>
      <Field
        name="avatar_url"
        type="url"
        label={t("profile.avatar")}
        defaultValue={account.avatar_url ?? ""}
        problem={fieldProblem(error, "avatar_url", words)}
      />
      <p className="field-problem" role="alert">
        {error !== undefined && !told && reasonOf(error, words)}
      </p>
      <div className="button-row">
        <button type="submit" className="button button-primary" disabled={busy}>
          {t("app.save")}
        </button>
      </div>
    </form>
  );
}

export function EditProfileDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t("profile.edit")} onClose={onClose}>
      <ProfileForm account={account} onDone={onClose} />
    </Dialog>
  );
}
