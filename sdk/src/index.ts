export { Freshet, type FreshetOptions } from "./client.js";
export type { Clock } from "./clock.js";
export { FreshetError, type FieldError, type FreshetErrorKind } from "./error.js";
export { randomId } from "./http.js";
export { type RetryOptions, isPassing } from "./retry.js";
export type {
  Session,
  SessionListener,
  SessionMode,
  SessionState,
  SignInBody,
  SignUpBody,
  TokenSource,
} from "./session.js";
export type {
  CountedPost,
  LiveStream,
  StreamEvent,
  StreamEventName,
  StreamEvents,
  StreamOptions,
  StreamState,
  StreamTransport,
} from "./stream.js";
export type { TrackerStorage } from "./event_queue.js";
export type { EventTracker, TrackedEvent, TrackerOptions } from "./tracker.js";
export type {
  Account,
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
  Post,
  RawBody,
  Schemas,
} from "./types.js";
export type { components, operations, paths } from "./schema.js";
