import { useEffect } from "react";
import { useWords } from "../i18n";

/** Names the page in the window's title. */
export function useTitle(title: string): void {
  const { t } = useWords();
  useEffect(() => {
    document.title = title === "" ? t("app.name") : `${title} · ${t("app.name")}`;
  }, [title, t]);
}
