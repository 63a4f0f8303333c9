import { type Clock, systemClock } from "./clock.js";
import { Http, randomId, readJson } from "./http.js";
import { platform } from "./platform.js";
import { type RetryOptions, defaultRetryPolicy } from "./retry.js";
import {
  type Credential,
  Session,
  type SessionMode,
  type TokenSource,
  isRefusal,
} from "./session.js";
import type { paths } from "./schema.js";
import { LiveStream, type StreamOptions } from "./stream.js";
import { EventTracker, type TrackerOptions } from "./tracker.js";
import type {
  Answer,
  Arguments,
  BodyOf,
  CallOptions,
  ItemOf,
  Method,
  OptionsOf,
  PageOf,
  PagePaths,
  PathsWith,
  RawBody,
} from "./types.js";

export interface FreshetOptions extends RetryOptions {
  /** Where freshet is, without a path: `https://feed.example.org`. Empty on a page that it serves itself. */
  readonly baseUrl?: string;
  /** Where the refresh token is kept. Default `memory`. */
  readonly session?: SessionMode;
  /** Acts with a token from elsewhere; signing in is then not needed. */
  readonly token?: TokenSource;
  /** For one attempt of a call. Default 15,000. */
  readonly timeoutMs?: number;
  /** Makes the requests, instead of the platform's. */
  readonly fetch?: typeof fetch;
  /** Makes WebSockets, instead of the platform's; null: the live stream comes over fetch. */
  readonly webSocket?: typeof WebSocket | null;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests: from 0 to 1, as Math.random. */
  readonly random?: () => number;
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

interface Sent {
  path?: object;
  query?: object;
  body?: unknown;
}

/** A client of one freshet server, for one person or for nobody. */
export class Freshet {
  readonly session: Session;
  private readonly http: Http;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly doFetch: typeof fetch;
  private readonly webSocket: typeof WebSocket | undefined;

  constructor(options: FreshetOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.doFetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.webSocket =
      options.webSocket === undefined ? platform.WebSocket : (options.webSocket ?? undefined);
    this.http = new Http(
      (options.baseUrl ?? "").replace(/\/+$/, ""),
      this.doFetch,
      this.clock,
      this.random,
      {
        retries: options.retries ?? defaultRetryPolicy.retries,
        firstDelayMs: options.firstDelayMs ?? defaultRetryPolicy.firstDelayMs,
        longestDelayMs: options.longestDelayMs ?? defaultRetryPolicy.longestDelayMs,
        patienceMs: options.patienceMs ?? defaultRetryPolicy.patienceMs,
      },
      options.timeoutMs ?? 15_000,
    );
    this.session = new Session(this.http, this.clock, options.session ?? "memory", options.token);
  }

  get<P extends PathsWith<"get">>(path: P, ...args: Arguments<OptionsOf<P, "get">>) {
    return this.bodyOf<BodyOf<P, "get">>("get", path, args[0]);
  }

  post<P extends PathsWith<"post">>(path: P, ...args: Arguments<OptionsOf<P, "post">>) {
    return this.bodyOf<BodyOf<P, "post">>("post", path, args[0]);
  }

  put<P extends PathsWith<"put">>(path: P, ...args: Arguments<OptionsOf<P, "put">>) {
    return this.bodyOf<BodyOf<P, "put">>("put", path, args[0]);
  }

  patch<P extends PathsWith<"patch">>(path: P, ...args: Arguments<OptionsOf<P, "patch">>) {
    return this.bodyOf<BodyOf<P, "patch">>("patch", path, args[0]);
  }

  delete<P extends PathsWith<"delete">>(path: P, ...args: Arguments<OptionsOf<P, "delete">>) {
    return this.bodyOf<BodyOf<P, "delete">>("delete", path, args[0]);
  }

  /** A call whose status and headers matter too: `ETag`, `RateLimit-Remaining`. */
  call<M extends Method, P extends PathsWith<M>>(
    method: M,
    path: P,
    ...args: Arguments<OptionsOf<P, M>>
  ): Promise<Answer<BodyOf<P, M>>> {
    return this.answer<BodyOf<P, M>>(method, path, args[0]);
  }

  /** The pages of a list, from the first (or from `query.cursor`), each fetched when it is asked for. */
  async *pages<P extends PagePaths>(
    path: P,
    ...args: Arguments<OptionsOf<P, "get">>
  ): AsyncGenerator<PageOf<P>, void, undefined> {
    const options: CallOptions & Sent = { ...args[0] };
    for (;;) {
      const page = await this.bodyOf<PageOf<P>>("get", path, options);
      yield page;
      const { next } = page as { next: string | null };
      if (next === null) return;
      options.query = { ...options.query, cursor: next };
    }
  }

  /** The items of a list, over all its pages. */
  async *items<P extends PagePaths>(
    path: P,
    ...args: Arguments<OptionsOf<P, "get">>
  ): AsyncGenerator<ItemOf<P>, void, undefined> {
    for await (const page of this.pages(path, ...args)) {
      yield* (page as { items: ItemOf<P>[] }).items;
    }
  }

  /** A request outside the document's types, such as a download: signed in, repeated and refused as every call is. */
  fetch(path: string, init: CallOptions & { method?: string; body?: RawBody } = {}) {
    return this.send(
      {
        method: (init.method ?? "get").toUpperCase(),
        path,
        headers: new Headers(init.headers),
        body: init.body ?? null,
        read: (response: Response) => Promise.resolve(response),
      },
      init,
    );
  }

  /** What happens, told live, from now on or after `lastEventId`. Close it when it is no longer needed. */
  stream(options: StreamOptions): LiveStream {
    return new LiveStream(
      {
        session: this.session,
        baseUrl: this.http.baseUrl,
        fetch: this.doFetch,
        webSocket: this.webSocket,
        clock: this.clock,
        random: this.random,
      },
      options,
    );
  }

  /** Tells the server what was in sight, in batches. One for each page or program. */
  tracker(options: TrackerOptions = {}): EventTracker {
    return new EventTracker(
      {
        post: (one) => this.post("/v1/events", one),
        session: this.session,
        clock: this.clock,
        random: this.random,
      },
      options,
    );
  }

  private async bodyOf<T>(method: Method, path: keyof paths, options?: CallOptions & Sent) {
    return (await this.answer<T>(method, path, options)).body;
  }

  private answer<T>(
    method: Method,
    path: keyof paths,
    options: CallOptions & Sent = {},
  ): Promise<Answer<T>> {
    const headers = new Headers({ Accept: "application/json", ...options.headers });
    let body: BodyInit | null = null;
    if (options.body !== undefined) {
      if (isRaw(options.body)) {
        body = options.body;
      } else {
        body = JSON.stringify(options.body);
        headers.set("Content-Type", "application/json");
      }
    }
    const read = async (response: Response) => ({
      status: response.status,
      headers: response.headers,
      body: (await readJson(response)) as T,
    });
    return this.send(
      { method: method.toUpperCase(), path: urlOf(path, options), headers, body, read },
      options,
    );
  }

  private async send<T>(
    request: Omit<Parameters<Http["send"]>[0], "read"> & {
      read: (response: Response) => Promise<T>;
    },
    options: CallOptions,
  ): Promise<T> {
    const { headers } = request;
    if (request.method === "POST" && !headers.has("Idempotency-Key")) {
      headers.set("Idempotency-Key", options.idempotencyKey ?? randomId());
    }
    const retries = options.retries ?? (headers.has("If-Match") ? 0 : undefined);
    const full = {
      ...request,
      keepalive: options.keepalive ?? false,
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      retry: retries === undefined ? undefined : { retries },
    };
    const credential = await this.session.credential(options.signal);
    authorise(headers, credential);
    try {
      return await this.http.send(full);
    } catch (error) {
      if (!credential || !isRefusal(error)) throw error;
      const replacement = await this.session.replacement(credential, options.signal);
      if (!replacement) throw error;
      authorise(headers, replacement);
      return this.http.send(full);
    }
  }
}

function authorise(headers: Headers, credential: Credential | undefined): void {
  if (credential) headers.set("Authorization", `Bearer ${credential.token}`);
}

function isRaw(body: unknown): body is RawBody {
  return (
    typeof body === "string" ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  );
}

function urlOf(template: string, { path = {}, query = {} }: Sent): string {
  const parts = path as Values;
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parts[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query as Values)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${url}?${text}` : url;
}
