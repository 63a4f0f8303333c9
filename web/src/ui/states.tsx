// What stands where there is nothing yet, nothing at all, or nothing for a reason.
import { FreshetError, isPassing } from "@freshet/client";
import { type ReactNode } from "react";
import { TOO_OLD } from "../core/outbox";
import { isKey, useWords, type Words } from "../i18n";
import { fieldReason } from "./form";
import { Icon, type IconName } from "./icon";

/** What happened and what to do, in the reader's language. */
export function reasonOf(error: unknown, words: Words): string {
  const { t, until } = words;
  if (!(error instanceof FreshetError)) return t("error.pageText");
  if (error.kind === "network") return t("error.network");
  if (error.kind === "timeout") return t("error.timeout");
  if (error.code === TOO_OLD) return t("error.tooOld");
  const when = error.retryAfterMs === undefined ? t("error.soon") : until(error.retryAfterMs);
  const key = `problem.${error.code}`;
  if (isKey(key)) return t(key, { when, message: error.detail });
  if (error.errors.length > 0)
    return [...new Set(error.errors.map((one) => fieldReason(one, words)))].join(" ");
  if (error.status === 401) return t("error.signedOut");
  if (error.status === 429) return t("error.tooMany", { when });
  if (error.status === 404 || error.status === 410) return t("error.notFoundText");
  if (isPassing(error)) return t("error.unavailable");
  if (error.status >= 500) return t("error.internal", { request: error.requestId ?? "" });
  return error.detail || error.title;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof FreshetError && (error.status === 404 || error.status === 410);
}

export function EmptyState(props: {
  icon?: IconName;
  title: string;
  text?: string;
  /** There is nothing else on the page. */
  whole?: boolean;
  children?: ReactNode;
}) {
  const Heading = props.whole ? "h1" : "h2";
  return (
    <div className="state">
      <span className="state-icon">
        <Icon name={props.icon ?? "quiet"} />
      </span>
      <Heading>{props.title}</Heading>
      {props.text !== undefined && <p>{props.text}</p>}
      {props.children}
    </div>
  );
}

export function ErrorState(props: {
  error: unknown;
  onRetry?: () => void;
  /** There is nothing else on the page. */
  whole?: boolean;
}) {
  const words = useWords();
  const { error, onRetry } = props;
  const Heading = props.whole ? "h1" : "h2";
  const missing = isNotFound(error);
  return (
    <div className="state" role="alert">
      <span className="state-icon">
        <Icon name={missing ? "question" : "cloudOff"} />
      </span>
      <Heading>{words.t(missing ? "error.notFound" : "error.title")}</Heading>
      <p>{reasonOf(error, words)}</p>
      {onRetry && !missing && (
        <button type="button" className="button" onClick={onRetry}>
          {words.t("app.retry")}
        </button>
      )}
    </div>
  );
}

/** Grey shapes of what is being loaded. */
export function Skeletons({ count = 4, kind = "post" }: { count?: number; kind?: "post" | "row" }) {
  const { t } = useWords();
  return (
    <div role="status" className="skeletons">
      <span className="visually-hidden">{t("app.loading")}</span>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={`skeleton skeleton-${kind}`} aria-hidden="true">
          <span className="skeleton-avatar" />
          <span className="skeleton-line skeleton-short" />
          <span className="skeleton-line" />
          {kind === "post" && <span className="skeleton-line skeleton-long" />}
        </div>
      ))}
    </div>
  );
}
