import { Component, type ReactNode } from "react";
import { useWords } from "../i18n";

/** Catches what no page expected, so that the reader is told and can go on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Stumbled /> : this.props.children;
  }
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
