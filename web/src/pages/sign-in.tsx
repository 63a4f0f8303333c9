import { type SubmitEvent, useState } from "react";
import { Link, Redirect, useLocation, useSearch } from "wouter";
import { freshet } from "../core/freshet";
import { useSession } from "../core/session";
import { useWords } from "../i18n";
import { Field, textIn } from "../ui/form";
import { reasonOf } from "../ui/states";
import { useTitle } from "../ui/use-title";

// Only to pages of this very site.
function destination(search: string): string {
  const from = new URLSearchParams(search).get("from") ?? "/";
  return from.startsWith("/") && !from.startsWith("//") ? from : "/";
}

export default function SignInPage() {
  const words = useWords();
  const { t } = words;
  useTitle(t("nav.signIn"));
  const { state } = useSession();
  const [, navigate] = useLocation();
  const to = destination(useSearch());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  if (state === "signed-in" && !busy) return <Redirect to={to} replace />;

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    try {
      await freshet.session.signIn({
        username: textIn(form, "username"),
        password: textIn(form, "password"),
      });
      navigate(to, { replace: true });
    } catch (error) {
      setProblem(reasonOf(error, words));
      setBusy(false);
    }
  };
  return (
    <section className="card entrance">
      <h1>{t("signIn.title")}</h1>
      <form className="form" onSubmit={(event) => void submit(event)} aria-busy={busy}>
        <Field
          name="username"
          label={t("signIn.username")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
        />
        <Field
          name="password"
          type="password"
          label={t("signIn.password")}
          autoComplete="current-password"
          required
        />
        <p className="field-problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="button button-primary" disabled={busy}>
          {t("signIn.submit")}
        </button>
      </form>
      <p>
        {t("signIn.other")} <Link href="/sign-up">{t("nav.signUp")}</Link>
      </p>
    </section>
  );
}
