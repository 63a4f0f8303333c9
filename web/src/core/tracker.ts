import { type EventTracker } from "@freshet/client";
import { freshet } from "./freshet";

let made: EventTracker | undefined;

/** The page's one tracker, made when the first thing is seen. */
export function tracker(): EventTracker {
  made ??= freshet.tracker();
  return made;
}
