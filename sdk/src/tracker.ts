import type { Clock } from "./clock.js";
import { FreshetError } from "./error.js";
import { type Batch, EventQueue, type TrackerStorage, defaultStorage } from "./event_queue.js";
import { randomId } from "./http.js";
import { listenToPage, platform } from "./platform.js";
import { backoff, isPassing } from "./retry.js";
import type { Session } from "./session.js";
import type { OptionsOf, Schemas } from "./types.js";

/** Something that was in sight (a post), or a profile that was visited (an account). */
export type TrackedEvent = Omit<Schemas["ClientEvent"], "id" | "at">;

export interface TrackerOptions {
  /** Where events wait. Default: `localStorage` where there is one, else memory. */
  readonly storage?: TrackerStorage;
  /** An event waits at most so long before it is sent. Default 5,000. */
  readonly intervalMs?: number;
  /** So many are sent at once. Default 10, most 100. */
  readonly batch?: number;
  /** More than so many do not wait: the oldest give way. Default 1,000. */
  readonly most?: number;
}

/** @internal */
export interface TrackerParts {
  readonly post: (options: OptionsOf<"/v1/events", "post">) => Promise<unknown>;
  readonly session: Session;
  readonly clock: Clock;
  readonly random: () => number;
}

const firstDelay = 2_000;
const longestDelay = 300_000;
// Of a batch that another tab began: by then it is surely not added to any more.
const foreignAge = 30_000;
// The server knows a key for a day. What it may have taken before that is not sent again.
const keyLifetime = 23 * 3_600_000;

/**
 * Collects what was in sight and tells the server of it, in batches. What cannot be sent waits, also for the next
 * visit, and counts once however often it is sent. Nobody is tracked who is not signed in, and what one person saw is
 * never sent for another.
 */
export class EventTracker {
  private readonly queue: EventQueue;
  private readonly intervalMs: number;
  private readonly size: number;
  // The batch that is being filled, and those that this tracker began.
  private filling: { account: string; batch: Batch } | undefined;
  private readonly own = new Set<string>();
  private readonly inFlight = new Set<string>();
  private flushing: Promise<void> | undefined;
  private stopTimer: (() => void) | undefined;
  private failures = 0;
  private closed = false;
  private readonly unsubscribe: () => void;
  private readonly unlisten: () => void;

  /** @internal */
  constructor(
    private readonly parts: TrackerParts,
    options: TrackerOptions,
  ) {
    this.queue = new EventQueue(options.storage ?? defaultStorage(), options.most ?? 1_000);
    this.intervalMs = options.intervalMs ?? 5_000;
    this.size = Math.min(options.batch ?? 10, 100);
    this.unsubscribe = parts.session.subscribe(this.resume);
    this.unlisten = listenToPage(this.onPage);
    this.resume();
  }

  track(event: TrackedEvent): void {
    const account = this.parts.session.owner;
    if (this.closed || account === undefined) return;
    const now = this.parts.clock.now();
    const { key, began, events } = this.fillable(account, now) ?? {
      key: randomId(),
      began: now,
      events: [],
    };
    const one = { ...event, id: randomId(), at: new Date(now).toISOString() };
    const batch = { key, began, events: [...events, one] };
    this.own.add(key);
    this.filling = { account, batch };
    this.queue.put(account, batch);
    if (batch.events.length >= this.size) void this.flush();
    else this.schedule(this.intervalMs);
  }

  /** Sends what waits. Resolves when it was sent, or could not be: it is then tried again by itself. */
  flush(): Promise<void> {
    this.seal();
    this.flushing ??= this.sendAll();
    return this.flushing;
  }

  /** Forgets what waits of somebody's: when they leave a browser for good. */
  forget(account: string): void {
    if (this.filling?.account === account) this.seal();
    this.queue.clear(account);
  }

  /** Stops, after sending what waits in the background. */
  close(): void {
    if (this.closed) return;
    this.leave();
    this.closed = true;
    this.unsubscribe();
    this.unlisten();
  }

  private readonly onPage = ({ type }: Event) => {
    if (type === "online") {
      this.failures = 0;
      void this.flush();
    } else if (type === "pagehide" || platform.document?.visibilityState === "hidden") {
      this.leave();
    }
  };

  // `sendBeacon` cannot say for whom it speaks; a request that outlives its page can.
  private leave(): void {
    this.seal();
    const account = this.parts.session.owner;
    if (account === undefined) return;
    for (const batch of this.sendable(account)) void this.send(account, batch, true);
  }

  // Takes up what an earlier visit left, when it is known whose it is.
  private readonly resume = () => {
    const account = this.parts.session.owner;
    if (account !== undefined && this.queue.batches(account).length) this.schedule(foreignAge);
  };

  private fillable(account: string, now: number): Batch | undefined {
    const { filling } = this;
    if (filling?.account !== account) return undefined;
    return now - filling.batch.began < this.intervalMs ? filling.batch : undefined;
  }

  private seal(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    this.filling = undefined;
  }

  private schedule(delay: number): void {
    if (this.closed) return;
    this.stopTimer ??= this.parts.clock.after(delay, () => {
      void this.flush();
    });
  }

  private sendable(account: string): Batch[] {
    const now = this.parts.clock.now();
    return this.queue
      .batches(account)
      .filter(
        ({ key, began }) =>
          !this.inFlight.has(key) &&
          key !== this.filling?.batch.key &&
          (this.own.has(key) || now - began >= foreignAge),
      );
  }

  private async sendAll(): Promise<void> {
    await Promise.resolve(); // so that `flushing` is set before it is cleared
    for (;;) {
      const account = this.parts.session.owner;
      const batch = account !== undefined && this.sendable(account)[0];
      if (!batch || !(await this.send(account, batch, false))) break;
    }
    this.flushing = undefined;
    this.resume();
  }

  /** Whether the batch is done with. */
  private async send(account: string, batch: Batch, keepalive: boolean): Promise<boolean> {
    // Offline nothing is tried, so that the batch's key stays fresh; `online` goes on.
    if (platform.navigator?.onLine === false) return false;
    const now = this.parts.clock.now();
    const tried = batch.tried ?? now;
    if (now - tried < keyLifetime) {
      if (batch.tried === undefined) this.queue.put(account, { ...batch, tried });
      this.inFlight.add(batch.key);
      try {
        await this.parts.post({
          body: { events: [...batch.events] },
          idempotencyKey: batch.key,
          retries: 0,
          keepalive,
        });
      } catch (error) {
        if (!(error instanceof FreshetError) || mayPass(error)) {
          this.delayAfter(error);
          return false;
        }
        // Refused for good: sent again, it would be refused again.
      } finally {
        this.inFlight.delete(batch.key);
      }
    }
    this.failures = 0;
    this.own.delete(batch.key);
    this.queue.remove(account, batch.key);
    return true;
  }

  private delayAfter(error: unknown): void {
    const longest = backoff(++this.failures, firstDelay, longestDelay);
    const asked = error instanceof FreshetError ? (error.retryAfterMs ?? 0) : 0;
    this.schedule(Math.max(asked, (longest * (1 + this.parts.random())) / 2));
  }
}

function mayPass(error: FreshetError): boolean {
  return isPassing(error) || error.status >= 500 || error.status === 401;
}
