import { Component, type ReactNode } from "react";
import { useWords } from "../i18n";
import { PartMissing } from "./lazy-part";

/** Catches what no page expected, so that the reader is told and can go on. */
export class ErrorBoundary extends Component<
  { children: ReactNode },
  { failed: boolean; error?: unknown }
> {
  override state: { failed: boolean; error?: unknown } = { failed: false };

  static getDerivedStateFromError(error: unknown) {
    return { failed: true, error };
  }

  override componentDidCatch(error: unknown) {
    if (error instanceof PartMissing) error.forget();
  }

  override render() {
    const { failed, error } = this.state;
    if (!failed) return this.props.children;
    if (error instanceof PartMissing)
      return <Missing onRetry={() => this.setState({ failed: false, error: undefined })} />;
    return <Stumbled />;
  }
}

function Missing({ onRetry }: { onRetry: () => void }) {
  const { t } = useWords();
  return (
    <div className="state" role="alert">
      <h1>{t("error.part")}</h1>
      <p>{t("error.partText")}</p>
      <div className="button-row">
        <button type="button" className="button button-primary" onClick={onRetry}>
          {t("app.retry")}
        </button>
        <button type="button" className="button" onClick={() => location.reload()}>
          {t("error.reload")}
        </button>
      </div>
    </div>
  );
}

function Stumbled() {
  const { t } = useWords();
  return (
    <div className="state" role="alert">
      <h1>{t("error.page")}</h1>
      <p>{t("error.pageText")}</p>
      <button type="button" className="button button-primary" onClick={() => location.reload()}>
        {t("error.reload")}
      </button>
    </div>
  );
}
