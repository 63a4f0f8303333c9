import type { Clock } from "./clock.js";
import { FreshetError, networkError } from "./error.js";
import { listenToPage, platform } from "./platform.js";
import { backoff } from "./retry.js";
import { type Credential, type Session, isRefusal } from "./session.js";
import { openEventSource } from "./stream_events.js";
import { openSocket } from "./stream_socket.js";
import type { Post, Schemas } from "./types.js";

/** A post and its counts. */
export interface CountedPost {
  id: string;
  counts: Schemas["PostCounts"];
}

/** What each event brings. */
export interface StreamEvents {
  "post.created": { post: Post };
  "post.updated": { post: Post };
  "post.deleted": { id: string };
  /** Who had shared the post took that back. */
  "post.unshared": { id: string; account_id: string };
  /** A watched post's counts changed. */
  "post.counts": CountedPost;
  notification: { notification: Schemas["Notification"]; unread_count: number };
  /** The watched posts that the reader may see, as they stand now. */
  subscribed: { posts: CountedPost[] };
  /** Too much was missed: read the feed and the inbox afresh. */
  reset: undefined;
  /** Something that this client said was wrong. */
  error: { code: string; detail: string };
}

export type StreamEventName = keyof StreamEvents;

export type StreamEvent = {
  [E in StreamEventName]: {
    readonly event: E;
    readonly id?: string;
    readonly data: StreamEvents[E];
  };
}[StreamEventName];

export type StreamTransport = "websocket" | "sse";

/**
 * `waiting`: for the next attempt, at `retryAt`. `closed`: for good; `signed-out` when the session ended, or nobody
 * was signed in.
 */
export type StreamState =
  | { readonly status: "connecting" }
  | { readonly status: "open"; readonly transport: StreamTransport }
  | { readonly status: "waiting"; readonly retryAt: Date; readonly error: FreshetError }
  | { readonly status: "closed"; readonly reason: "client" | "signed-out" };

export interface StreamOptions {
  /** Each event once, also when the server sends it again. */
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState?: (state: StreamState) => void;
  /** The greatest id that was seen before, such as `newest` of the feed: what came later is sent first. */
  readonly lastEventId?: string;
  /** The first wait after a broken connection is at most so long, and doubles. Default 1,000. */
  readonly firstDelayMs?: number;
  /** No wait is longer. Default 30,000. */
  readonly longestDelayMs?: number;
  /** A connection that is silent for so long is taken for dead; the server pings every 25 s. Default 60,000. */
  readonly silenceMs?: number;
  /** How long connecting may take. Default 15,000. */
  readonly connectMs?: number;
}

/** @internal */
export interface StreamParts {
  readonly session: Session;
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly webSocket: typeof WebSocket | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** @internal How a connection begins, and whom it tells. Nothing is told after `close`. */
export interface ConnectionRequest {
  readonly token: string;
  readonly lastEventId: string | undefined;
  readonly posts: readonly string[];
  /** From here on nothing is missed. */
  readonly onOpen: () => void;
  readonly onMessage: (text: string) => void;
  /** `refused`: the token is not, or no longer, good. */
  readonly onEnd: (reason: "lost" | "refused", error: FreshetError) => void;
}

/** @internal */
export interface Connection {
  /** Missing where it takes a new connection to watch other posts. */
  readonly watch?: (posts: readonly string[]) => void;
  readonly close: () => void;
}

// As many as the server lets one reader watch.
const watchedMost = 100;
const rememberedMost = 1000;
// The server heeds a client's messages one by one, at most twenty a second.
const watchDelay = 150;
// Where each change takes a new connection, changes come to rest before it is made.
const settleDelay = 3_000;

/** One live stream, over as many connections as it takes. */
export class LiveStream {
  private readonly options: Required<Omit<StreamOptions, "onState" | "lastEventId">>;
  private readonly onState: (state: StreamState) => void;
  private connection: Connection | undefined;
  // Goes on until the connection that takes its place is open, so that nothing is missed between them.
  private leaving: { readonly turn: number; readonly connection: Connection } | undefined;
  private status: StreamState["status"] = "connecting";
  // Grows with each attempt: what an earlier one has to say does not count.
  private turn = 0;
  private failures = 0;
  private refused: Credential | undefined;
  private socketFailed = false;
  private everOpen = false;
  private newestId: string | undefined;
  private posts: readonly string[] = [];
  private readonly seen = new Set<string>();
  private stopTimer: () => void = () => undefined;
  private readonly unlisten: () => void;
  // Whom the stream is for; not known while the session is being restored.
  private owner: string | undefined;
  private readonly unsubscribe: () => void;
  private stopWatchTimer: (() => void) | undefined;

  /** @internal */
  constructor(
    private readonly parts: StreamParts,
    { onState, lastEventId, ...options }: StreamOptions,
  ) {
    this.options = {
      firstDelayMs: 1_000,
      longestDelayMs: 30_000,
      silenceMs: 60_000,
      connectMs: 15_000,
      ...options,
    };
    this.onState = onState ?? (() => undefined);
    this.newestId = lastEventId;
    this.unlisten = listenToPage(this.hurry);
    this.owner = parts.session.owner;
    this.unsubscribe = parts.session.subscribe(() => {
      this.owner ??= parts.session.owner;
      if (parts.session.owner !== this.owner) this.finish("signed-out");
    });
    void this.connect();
  }

  /** The greatest id that was seen: where another stream would go on. */
  get lastEventId(): string | undefined {
    return this.newestId;
  }

  /** Asks for the counts of these posts (the first 100), instead of those of before. */
  watch(postIds: Iterable<string>): void {
    const posts = [...new Set(postIds)].slice(0, watchedMost);
    if (posts.join() === this.posts.join()) return;
    this.posts = posts;
    this.passOnSoon();
  }

  private passOnSoon(): void {
    const settles = this.connection !== undefined && !this.connection.watch;
    if (settles) {
      this.stopWatchTimer?.();
      this.stopWatchTimer = undefined;
    }
    this.stopWatchTimer ??= this.parts.clock.after(settles ? settleDelay : watchDelay, () => {
      this.stopWatchTimer = undefined;
      // One that is being opened is told when it is open.
      if (this.status !== "open") return;
      if (this.connection?.watch) this.connection.watch(this.posts);
      else void this.replace();
    });
  }

  close(): void {
    this.finish("client");
  }

  // The network came back, or somebody looks again.
  private readonly hurry = ({ type }: Event) => {
    const awake = type === "online" || platform.document?.visibilityState === "visible";
    if (this.status === "waiting" && awake) {
      void this.connect();
    }
  };

  private async connect(): Promise<void> {
    const turn = this.drop();
    this.tell({ status: "connecting" });
    await this.begin(turn);
  }

  private async replace(): Promise<void> {
    const { turn, connection } = this;
    if (!connection || this.leaving) return;
    this.leaving = { turn, connection };
    this.connection = undefined;
    await this.begin(++this.turn);
  }

  private async begin(turn: number): Promise<void> {
    try {
      const credential = await this.credential();
      if (turn !== this.turn) return;
      if (credential) this.open(turn, credential);
      else this.finish("signed-out");
    } catch (error) {
      if (turn !== this.turn) return;
      if (isRefusal(error)) this.finish("signed-out");
      else this.retry(error instanceof FreshetError ? error : networkError(error));
    }
  }

  private credential(): Promise<Credential | undefined> {
    const refused = this.refused;
    this.refused = undefined;
    const { session } = this.parts;
    return refused ? session.replacement(refused) : session.credential();
  }

  private open(turn: number, credential: Credential): void {
    const { webSocket, clock } = this.parts;
    const transport = webSocket && !this.socketFailed && !this.leaving ? "websocket" : "sse";
    const watched = this.posts;
    const isLeaving = () => turn === this.leaving?.turn;
    const whileCurrent =
      <A extends unknown[]>(run: (...args: A) => void) =>
      (...args: A) => {
        if (turn === this.turn || isLeaving()) run(...args);
      };
    const request: ConnectionRequest = {
      token: credential.token,
      lastEventId: this.newestId,
      posts: watched,
      onOpen: whileCurrent(() => {
        this.onOpen(transport, watched);
      }),
      onMessage: whileCurrent((text: string) => {
        if (!isLeaving()) this.watchSilence();
        this.deliver(text);
      }),
      onEnd: whileCurrent((reason, error: FreshetError) => {
        if (isLeaving()) {
          this.leaving = undefined;
          return;
        }
        // Where WebSockets do not get through, the next attempt goes over fetch; if that fails too, it is the network.
        this.socketFailed =
          transport === "websocket" && this.status !== "open" && reason === "lost";
        if (reason === "refused") this.refused = credential;
        this.retry(error, reason === "refused" && this.status === "open");
      }),
    };
    this.stopTimer();
    this.stopTimer = clock.after(this.options.connectMs, () => {
      request.onEnd("lost", networkError("connecting took too long"));
    });
    this.connection =
      transport === "websocket" && webSocket
        ? openSocket(webSocket, this.parts.baseUrl, request)
        : openEventSource(this.parts, request);
  }

  private onOpen(transport: StreamTransport, watched: readonly string[]): void {
    this.failures = 0;
    this.socketFailed = false;
    this.watchSilence();
    const gap = this.everOpen && !this.leaving;
    this.everOpen = true;
    this.leave();
    if (this.status !== "open") this.tell({ status: "open", transport });
    // Without an id the server does not know what was missed in between.
    if (gap && this.newestId === undefined) {
      this.options.onEvent({ event: "reset", data: undefined });
    }
    if (watched !== this.posts) this.passOnSoon();
  }

  private watchSilence(): void {
    this.stopTimer();
    const turn = this.turn;
    this.stopTimer = this.parts.clock.after(this.options.silenceMs, () => {
      if (turn === this.turn) this.retry(networkError("silence"));
    });
  }

  private deliver(text: string): void {
    const message = JSON.parse(text) as { event: string; id?: string };
    if (message.event === "ping") return;
    const { id, event } = message;
    // These two are what the server sends again; an id tells them apart from what is new.
    if (id !== undefined && (event === "post.created" || event === "notification")) {
      if (this.remembers(`${event} ${id}`)) return;
      if (this.newestId === undefined || isNewer(id, this.newestId)) this.newestId = id;
    }
    this.options.onEvent({ data: undefined, ...message } as StreamEvent);
  }

  private remembers(key: string): boolean {
    if (this.seen.has(key)) return true;
    this.seen.add(key);
    if (this.seen.size > rememberedMost) {
      for (const oldest of this.seen) {
        this.seen.delete(oldest);
        break;
      }
    }
    return false;
  }

  private retry(error: FreshetError, atOnce = false): void {
    if (atOnce) {
      void this.connect();
      return;
    }
    this.drop();
    const { firstDelayMs, longestDelayMs } = this.options;
    const longest = backoff(++this.failures, firstDelayMs, longestDelayMs);
    const delay = Math.max(error.retryAfterMs ?? 0, this.parts.random() * longest);
    this.stopTimer = this.parts.clock.after(delay, () => void this.connect());
    const retryAt = new Date(this.parts.clock.now() + delay);
    this.tell({ status: "waiting", retryAt, error });
  }

  private finish(reason: "client" | "signed-out"): void {
    if (this.status === "closed") return;
    this.drop();
    this.stopWatchTimer?.();
    this.unlisten();
    this.unsubscribe();
    this.tell({ status: "closed", reason });
  }

  private drop(): number {
    this.stopTimer();
    const connection = this.connection;
    this.connection = undefined;
    this.turn++;
    connection?.close();
    this.leave();
    return this.turn;
  }

  private leave(): void {
    const { leaving } = this;
    this.leaving = undefined;
    leaving?.connection.close();
  }

  private tell(state: StreamState): void {
    this.status = state.status;
    this.onState(state);
  }
}

/** Ids are decimal numbers of up to 64 bits, without leading zeros. */
export function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}
