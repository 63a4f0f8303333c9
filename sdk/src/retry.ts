import { FreshetError } from "./error.js";

/** How calls that failed for the moment are made again. */
export interface RetryOptions {
  /** Attempts after the first. Default 3; 0 switches retries off. */
  readonly retries?: number;
  /** The first wait is at most so long, and each further one at most twice as long. Default 300. */
  readonly firstDelayMs?: number;
  /** No wait that the client chooses is longer. Default 10,000. */
  readonly longestDelayMs?: number;
  /** A server that asks for a longer wait gets none: the call fails at once and says how long. Default 30,000. */
  readonly patienceMs?: number;
}

export type RetryPolicy = Required<RetryOptions>;

export const defaultRetryPolicy: RetryPolicy = {
  retries: 3,
  firstDelayMs: 300,
  longestDelayMs: 10_000,
  patienceMs: 30_000,
};

const retriedStatuses = new Set([429, 502, 503, 504]);

/**
 * Whether the same call may succeed a little later: there was no answer or none in time, or the server is busy or away
 * (429, 502, 503, 504), or still at work on this very call (409 `idempotency_key_in_use`).
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof FreshetError)) return false;
  return (
    error.kind !== "problem" ||
    retriedStatuses.has(error.status) ||
    error.code === "idempotency_key_in_use"
  );
}

/** How long to wait before attempt `attempt` + 1 (the first is 1); nothing: give up. */
export function delayBefore(
  attempt: number,
  error: FreshetError,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  if (attempt > policy.retries || !isPassing(error)) return undefined;
  const jitter = random() * backoff(attempt, policy.firstDelayMs, policy.longestDelayMs);
  if (error.retryAfterMs === undefined) return jitter;
  // Never earlier than the server asks, and not all clients in the same moment.
  return error.retryAfterMs > policy.patienceMs ? undefined : error.retryAfterMs + jitter;
}

/** The longest wait before attempt `attempt` + 1, doubling each time. */
export function backoff(attempt: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** (attempt - 1));
}

/** The milliseconds that a Retry-After field asks for: seconds or a date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(field: string | null, now: number): number | undefined {
  if (!field) return undefined;
  if (/^\d+$/.test(field)) return Number(field) * 1000;
  const date = Date.parse(field);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
