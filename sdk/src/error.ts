import { parseRetryAfter } from "./retry.js";

/** One member of a request that is wrong. */
export interface FieldError {
  /** A JSON pointer into the body (`/location/lat`), or a parameter's name. */
  readonly field: string;
  /** Stable, for programs: `required`, `too_long`. */
  readonly code: string;
  /** For people: what would be right. */
  readonly message: string;
}

/**
 * - `problem`: the server answered that it did not do it, and said why.
 * - `network`: there was no answer, or only half of one.
 * - `timeout`: the answer took too long.
 */
export type FreshetErrorKind = "problem" | "network" | "timeout";

interface ErrorFacts {
  kind: FreshetErrorKind;
  code: string;
  title: string;
  detail: string;
  status?: number;
  errors?: readonly FieldError[];
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** Why a call failed. A call that its `signal` ended rejects with the signal's reason instead. */
export class FreshetError extends Error {
  override readonly name = "FreshetError";
  readonly kind: FreshetErrorKind;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Stable, for programs: `not_found`, `rate_limited`; `network` or `timeout` without an answer. */
  readonly code: string;
  /** The status in words. */
  readonly title: string;
  /** For people: what went wrong and what to do. */
  readonly detail: string;
  /** Every member of the request that is wrong. */
  readonly errors: readonly FieldError[];
  /** Quote it when you report the problem. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;

  /** @internal */
  constructor(facts: ErrorFacts) {
    super(facts.detail || facts.title, { cause: facts.cause });
    this.kind = facts.kind;
    this.status = facts.status ?? 0;
    this.code = facts.code;
    this.title = facts.title;
    this.detail = facts.detail;
    this.errors = facts.errors ?? [];
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** The server could not be reached, or the connection broke. */
export function networkError(cause: unknown): FreshetError {
  return new FreshetError({
    kind: "network",
    code: "network",
    title: "No answer",
    detail: "The server could not be reached. Check the connection and try again.",
    cause,
  });
}

export function timeoutError(milliseconds: number): FreshetError {
  return new FreshetError({
    kind: "timeout",
    code: "timeout",
    title: "No answer in time",
    detail: `There was no answer within ${String(milliseconds / 1000)} s. Try again.`,
  });
}

/** The error that an answer with a status of 400 or more tells of; also one that a proxy made. */
export async function problemOf(response: Response, now: number): Promise<FreshetError> {
  const problem = await readProblem(response);
  const title = text(problem.title) ?? (response.statusText || `Status ${String(response.status)}`);
  return new FreshetError({
    kind: "problem",
    status: response.status,
    code: text(problem.code) ?? `http_${String(response.status)}`,
    title,
    detail: text(problem.detail) ?? title,
    errors: Array.isArray(problem.errors) ? (problem.errors as FieldError[]) : [],
    requestId: text(problem.request_id) ?? response.headers.get("X-Request-Id") ?? undefined,
    retryAfterMs: parseRetryAfter(response.headers.get("Retry-After"), now),
  });
}

async function readProblem(response: Response): Promise<Record<string, unknown>> {
  const type = response.headers.get("Content-Type") ?? "";
  try {
    if (/[/+]json\b/.test(type)) {
      const problem: unknown = await response.json();
      if (problem && typeof problem === "object") return problem as Record<string, unknown>;
    } else {
      await response.body?.cancel();
    }
  } catch {
    // The status says enough.
  }
  return {};
}

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);
