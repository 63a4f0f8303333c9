import { FreshetError } from "@freshet/client";
import { type SubmitEvent, useState } from "react";
import { Link, Redirect, useLocation } from "wouter";
import { freshet } from "../core/freshet";
import { useSession } from "../core/session";
import { useWords } from "../i18n";
import { Field, fieldProblem, textIn } from "../ui/form";
import { reasonOf } from "../ui/states";
import { useTitle } from "../ui/use-title";

const FIELDS = ["display_name", "username", "email", "password"];

export default function SignUpPage() {
  const words = useWords();
  const { t } = words;
  useTitle(t("nav.signUp"));
  const { state } = useSession();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  if (state === "signed-in" && !busy) return <Redirect to="/" replace />;

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = textIn(form, "email");
    setBusy(true);
    setError(undefined);
    try {
      await freshet.session.signUp({
        username: textIn(form, "username"),
        password: textIn(form, "password"),
        display_name: textIn(form, "display_name"),
        ...(email && { email }),
      });
      navigate("/search", { replace: true });
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  const taken = error instanceof FreshetError && error.code === "username_taken";
  const told = taken || FIELDS.some((field) => fieldProblem(error, field, words) !== undefined);
  return (
    <section className="card entrance">
      <h1>{t("signUp.title")}</h1>
      <form className="form" onSubmit={(event) => void submit(event)} aria-busy={busy}>
        <Field
          name="display_name"
          label={t("signUp.displayName")}
          hint={t("signUp.displayNameHint")}
          autoComplete="name"
          required
          autoFocus
          problem={fieldProblem(error, "display_name", words)}
        />
        <Field
          name="username"
          label={t("signIn.username")}
          hint={t("signUp.usernameHint")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          problem={taken ? reasonOf(error, words) : fieldProblem(error, "username", words)}
        />
        <Field
          name="email"
          type="email"
          label={t("signUp.email")}
          autoComplete="email"
          problem={fieldProblem(error, "email", words)}
        />
        <Field
          name="password"
          type="password"
          label={t("signIn.password")}
          hint={t("signUp.passwordHint")}
          autoComplete="new-password"
          minLength={8}
          required
          problem={fieldProblem(error, "password", words)}
        />
        <p className="field-problem" role="alert">
          {error !== undefined && !told && reasonOf(error, words)}
        </p>
        <button type="submit" className="button button-primary" disabled={busy}>
          {t("signUp.submit")}
        </button>
      </form>
      <p>
        {t("signUp.other")} <Link href="/sign-in">{t("nav.signIn")}</Link>
      </p>
    </section>
  );
}
