import { type Clock, sleep } from "./clock.js";
import { FreshetError, networkError, problemOf, timeoutError } from "./error.js";
import { type RetryPolicy, delayBefore } from "./retry.js";

export interface HttpRequest<T> {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: BodyInit | null;
  readonly signal?: AbortSignal | null | undefined;
  readonly keepalive?: boolean;
  /** Changes of the client's way to retry, for this request. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** For one attempt; 0: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Part of the attempt, so that an answer that breaks off is asked for again. */
  readonly read: (response: Response) => Promise<T>;
}

/** Requests and their repetition; knows nothing of who is signed in. */
export class Http {
  constructor(
    readonly baseUrl: string,
    private readonly doFetch: typeof fetch,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly policy: RetryPolicy,
    private readonly timeoutMs: number,
  ) {}

  /** What `read` makes of the first good answer. Rejects with FreshetError or the signal's reason. */
  async send<T>(request: HttpRequest<T>): Promise<T> {
    const policy = { ...this.policy, ...request.retry };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(request);
      } catch (error) {
        if (!(error instanceof FreshetError)) throw error;
        const delay = delayBefore(attempt, error, policy, this.random);
        if (delay === undefined) throw error;
        await sleep(this.clock, delay, request.signal);
      }
    }
  }

  private async attempt<T>(request: HttpRequest<T>): Promise<T> {
    const { signal, timeoutMs = this.timeoutMs } = request;
    const control = new AbortController();
    let late = false as boolean; // a timer sets it
    const stopTimer = timeoutMs
      ? this.clock.after(timeoutMs, () => {
          late = true;
          control.abort();
        })
      : () => undefined;
    try {
      const response = await this.doFetch(this.baseUrl + request.path, {
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        // Unlike a listener, it leaves nothing on the caller's signal, which may live for long.
        signal: signal ? AbortSignal.any([signal, control.signal]) : control.signal,
        keepalive: request.keepalive ?? false,
      });
      if (response.status >= 400) throw await problemOf(response, this.clock.now());
      return await request.read(response);
    } catch (error) {
      if (error instanceof FreshetError) throw error;
      if (signal?.aborted) throw signal.reason;
      throw late ? timeoutError(timeoutMs) : networkError(error);
    } finally {
      stopTimer();
    }
  }
}

/** The body of a JSON answer; nothing when there is none. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  return text ? (JSON.parse(text) as unknown) : undefined;
}

/** 128 random bits, for keys and ids. `crypto.randomUUID` is missing on pages that came over plain HTTP. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
