import { FreshetError } from "@freshet/client";
import { type SubmitEvent, useState } from "react";
import { useLocation } from "wouter";
import { type Account, freshet } from "../../core/freshet";
import { forgetPerson } from "../../core/session";
import { useWords } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Field, fieldProblem, textIn } from "../../ui/form";
import { useNotices } from "../../ui/notices";
import { reasonOf } from "../../ui/states";

/** A form whose fields are sent at once; says what was refused. */
function useSubmit(send: (data: FormData) => Promise<void>) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setError(undefined);
    try {
      await send(new FormData(form));
      form.reset();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const fields = error instanceof FreshetError && error.errors.length > 0;
  return {
    busy,
    problem: (name: string) => fieldProblem(error, name, words),
    reason: error === undefined || fields ? "" : reasonOf(error, words),
    onSubmit: (event: SubmitEvent<HTMLFormElement>) => void onSubmit(event),
  };
}

function EmailForm({ me }: { me: Account }) {
  const { t } = useWords();
  const notices = useNotices();
  const form = useSubmit(async (data) => {
    const email = textIn(data, "email").trim() || null;
    freshet.session.updateAccount(await freshet.patch("/v1/me", { body: { email } }));
    notices.say(t("app.saved"));
  });
  const again = async () => {
    try {
      await freshet.post("/v1/me/email/confirmation");
      notices.say(t("settings.emailUnconfirmed"));
    } catch (error) {
      notices.sayError(error);
    }
  };
  const hint = me.email_confirmed ? t("settings.emailConfirmed") : t("settings.emailUnconfirmed");
  return (
    <form className="form" onSubmit={form.onSubmit} aria-busy={form.busy}>
      <Field
        key={me.email ?? ""}
        name="email"
        type="email"
        label={t("settings.email")}
        defaultValue={me.email ?? ""}
        autoComplete="email"
        problem={form.problem("email")}
        {...(me.email && { hint })}
      />
      <p className="field-problem" role="alert">
        {form.reason}
      </p>
      <div className="button-row">
        {me.email && !me.email_confirmed && (
          <button type="button" className="button" onClick={() => void again()}>
            {t("settings.emailAgain")}
          </button>
        )}
        <button type="submit" className="button button-primary" disabled={form.busy}>
          {t("app.save")}
        </button>
      </div>
    </form>
  );
}

function PasswordForm() {
  const { t } = useWords();
  const notices = useNotices();
  const form = useSubmit(async (data) => {
    await freshet.post("/v1/me/password", {
      body: { current: textIn(data, "current"), new: textIn(data, "new") },
    });
    notices.say(t("settings.passwordChanged"));
  });
  return (
    <form className="form" onSubmit={form.onSubmit} aria-busy={form.busy}>
      <h3>{t("settings.password")}</h3>
      <Field
        name="current"
        type="password"
        label={t("settings.passwordCurrent")}
        autoComplete="current-password"
        required
        problem={form.problem("current")}
      />
      <Field
        name="new"
        type="password"
        label={t("settings.passwordNew")}
        hint={t("signUp.passwordHint")}
        autoComplete="new-password"
        minLength={8}
        required
        problem={form.problem("new")}
      />
      <p className="field-problem" role="alert">
        {form.reason}
      </p>
      <div className="button-row">
        <button type="submit" className="button button-primary" disabled={form.busy}>
          {t("settings.password")}
        </button>
      </div>
    </form>
  );
}

function Export({ me }: { me: Account }) {
  const { t } = useWords();
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const response = await freshet.fetch("/v1/me/export", { timeoutMs: 600_000 });
      const url = URL.createObjectURL(await response.blob());
      const link = document.createElement("a");
      link.href = url;
      link.download = `freshet-${me.username}.zip`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      notices.sayError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="form">
      <h3>{t("settings.export")}</h3>
      <p className="soft">{t("settings.exportHint")}</p>
      <div className="button-row">
        <button
          type="button"
          className="button"
          aria-busy={busy}
          disabled={busy}
          onClick={() => void download()}
        >
          {busy ? t("app.loading") : t("settings.exportSubmit")}
        </button>
      </div>
    </div>
  );
}

function EraseDialog({ me, onClose }: { me: Account; onClose: () => void }) {
  const { t } = useWords();
  const notices = useNotices();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const form = useSubmit(async (data) => {
    await freshet.delete("/v1/me", { body: { password: textIn(data, "password") } });
    await freshet.session.signOut().catch(() => undefined); // the session ended with the account
    forgetPerson();
    notices.say(t("settings.erased"));
    navigate("/sign-in");
  });
  return (
    <Dialog title={t("settings.erase")} onClose={onClose}>
      <form className="form" onSubmit={form.onSubmit} aria-busy={form.busy}>
        <p>{t("settings.eraseHint")}</p>
        <Field
          label={t("settings.eraseConfirm")}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Field
          name="password"
          type="password"
          label={t("settings.passwordCurrent")}
          autoComplete="current-password"
          problem={form.problem("password")}
        />
        <p className="field-problem" role="alert">
          {form.reason}
        </p>
        <div className="button-row">
          <button
            type="submit"
            className="button button-danger"
            disabled={form.busy || typed !== me.username}
          >
            {t("settings.eraseSubmit")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function AccountSection({ me }: { me: Account }) {
  const { t } = useWords();
  const [erasing, setErasing] = useState(false);
  return (
    <>
      <EmailForm me={me} />
      <PasswordForm />
      <Export me={me} />
      <div className="form">
        <h3>{t("settings.erase")}</h3>
        <p className="soft">{t("settings.eraseHint")}</p>
        <div className="button-row">
          <button type="button" className="button button-danger" onClick={() => setErasing(true)}>
            {t("settings.erase")}
          </button>
        </div>
      </div>
      {erasing && <EraseDialog me={me} onClose={() => setErasing(false)} />}
    </>
  );
}
