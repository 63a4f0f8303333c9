// What schema.ts, which the server's document generates, means for calls. Types only.
import type { components, paths } from "./schema.js";

/** The nouns of the server's document by name: `Schemas["Post"]`. */
export type Schemas = components["schemas"];
export type Account = Schemas["Account"];
export type Post = Schemas["Post"];

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that have this method. */
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

type OperationOf<P extends keyof paths, M extends Method> =
  paths[P] extends Record<M, infer O> ? O : never;

type Loose<T> = { [K in keyof T]: T[K] | undefined };

type PathPart<O> = O extends { parameters: { path: infer P extends object } }
  ? { path: P }
  : { path?: never };

type QueryPart<O> = O extends { parameters: { query: infer Q extends object } }
  ? { query: Q }
  : O extends { parameters: { query?: infer Q extends object } }
    ? { query?: Loose<Q> }
    : { query?: never };

/** A body that is not JSON. Not a stream, which could not be sent again. */
export type RawBody = Exclude<BodyInit, ReadableStream>;

type BodyPart<O> = O extends { requestBody: { content: infer C } }
  ? C extends { "application/json": infer B }
    ? { body: B }
    : { body: RawBody }
  : { body?: never };

/** What every call accepts. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Names what a POST does, for 24 hours: sent again with the same key, it is not done again. One is made for
   * each call that has none; give one of your own where a call may be repeated after a restart.
   */
  readonly idempotencyKey?: string;
  /** Lets the request outlive the page. Its body must be under 64 KiB. */
  readonly keepalive?: boolean;
  /** For one attempt, instead of the client's. */
  readonly timeoutMs?: number;
  /** Attempts after the first, instead of the client's. */
  readonly retries?: number;
}

/** The options of one call, by the server's document. */
export type OptionsOf<P extends keyof paths, M extends Method> = CallOptions &
  PathPart<OperationOf<P, M>> &
  QueryPart<OperationOf<P, M>> &
  BodyPart<OperationOf<P, M>>;

/** Options may be left out where nothing in them is required. */
export type Arguments<T> = Partial<T> extends T ? [options?: T] : [options: T];

type JsonOf<R> = R extends { content: { "application/json": infer B } } ? B : undefined;

type Success = 200 | 201 | 202 | 204;

/** The body that a call resolves to, by the server's document. */
export type BodyOf<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { responses: infer R }
    ? { [S in keyof R & Success]: JsonOf<R[S]> }[keyof R & Success]
    : never;

/** An answer with what is around its body. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined without one, and with a 304 for an If-None-Match of one's own. */
  readonly body: T;
}

interface AnyPage {
  items: unknown[];
  next: string | null;
}

/** The paths whose answers are pages. */
export type PagePaths = {
  [P in PathsWith<"get">]: BodyOf<P, "get"> extends AnyPage ? P : never;
}[PathsWith<"get">];

export type PageOf<P extends PagePaths> = BodyOf<P, "get">;
export type ItemOf<P extends PagePaths> = PageOf<P> extends { items: (infer I)[] } ? I : never;
