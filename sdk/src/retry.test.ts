import { expect, onTestFinished, test, vi } from "vitest";
import { FreshetError, networkError, timeoutError } from "./error.js";
import { isPassing, randomId } from "./index.js";
import { defaultRetryPolicy, delayBefore, parseRetryAfter } from "./retry.js";

function problem(status: number, retryAfterMs?: number, code = "code"): FreshetError {
  return new FreshetError({ kind: "problem", status, code, title: "", detail: "", retryAfterMs });
}

const delay = (attempt: number, error: FreshetError, random = 1) =>
  delayBefore(attempt, error, defaultRetryPolicy, () => random);

test("waits double up to a bound, and are spread over their whole length", () => {
  const policy = { ...defaultRetryPolicy, retries: 9 };
  const waits = [1, 2, 3, 7, 8].map((n) => delayBefore(n, networkError(""), policy, () => 1));
  expect(waits).toEqual([300, 600, 1200, 10_000, 10_000]);
  expect(delay(1, networkError(""), 0)).toBe(0);
});

test("what the server asks for is never undercut", () => {
  expect(delay(1, problem(429, 7000), 0)).toBe(7000);
  expect(delay(1, problem(503, 7000), 1)).toBe(7300);
});

test("a wait that is too long is left to the caller", () => {
  expect(delay(1, problem(429, 30_001))).toBeUndefined();
});

test("attempts end, and what would fail again is not tried again", () => {
  expect(delay(4, networkError(""))).toBeUndefined();
  for (const status of [400, 401, 403, 404, 409, 412, 422, 500]) {
    expect(delay(1, problem(status))).toBeUndefined();
  }
  for (const status of [429, 502, 503, 504]) expect(delay(1, problem(status))).toBe(300);
  expect(delay(1, problem(409, 1000, "idempotency_key_in_use"))).toBe(1300);
});

test("callers can tell what may pass from what would fail again", () => {
  for (const error of [networkError(""), timeoutError(1), problem(429), problem(503)]) {
    expect(isPassing(error)).toBe(true);
  }
  expect(isPassing(problem(409, 0, "idempotency_key_in_use"))).toBe(true);
  for (const error of [problem(409), problem(500), new DOMException("", "AbortError"), undefined]) {
    expect(isPassing(error)).toBe(false);
  }
});

test("ids need no secure context", () => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
  expect(randomId()).not.toBe(randomId());
});

test("Retry-After comes in seconds or as a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(parseRetryAfter("12", now)).toBe(12_000);
  expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:30 GMT", now)).toBe(30_000);
  expect(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0);
  for (const nothing of [null, "", "soon"]) expect(parseRetryAfter(nothing, now)).toBeUndefined();
});
