import type { Clock } from "./clock.js";
import { networkError, problemOf } from "./error.js";
import type { Connection, ConnectionRequest } from "./stream.js";

/**
 * Server-Sent Events over fetch: `EventSource` cannot send the Authorization header, and a token has no place in a URL.
 */
export function openEventSource(
  parts: { readonly baseUrl: string; readonly fetch: typeof fetch; readonly clock: Clock },
  request: ConnectionRequest,
): Connection {
  const control = new AbortController();
  read(parts, request, control.signal).then(
    () => {
      request.onEnd("lost", networkError("the stream ended"));
    },
    (error: unknown) => {
      request.onEnd("lost", networkError(error));
    },
  );
  return {
    close: () => {
      control.abort();
    },
  };
}

async function read(
  { baseUrl, fetch, clock }: { baseUrl: string; fetch: typeof globalThis.fetch; clock: Clock },
  request: ConnectionRequest,
  signal: AbortSignal,
): Promise<void> {
  const headers = new Headers({
    Accept: "text/event-stream",
    Authorization: `Bearer ${request.token}`,
  });
  if (request.lastEventId !== undefined) headers.set("Last-Event-ID", request.lastEventId);
  const query = request.posts.length ? `?posts=${request.posts.join(",")}` : "";
  const response = await fetch(`${baseUrl}/v1/stream${query}`, { headers, signal });
  if (!response.ok || !response.body) {
    const problem = await problemOf(response, clock.now());
    request.onEnd(response.status === 401 ? "refused" : "lost", problem);
    return;
  }
  request.onOpen();
  const feed = eventReader(request.onMessage);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    feed(value);
  }
}

/**
 * Finds the data of events in pieces of a stream (HTML standard, section 9.2.6). Name and id are in freshet's data,
 * so that other fields do not matter.
 */
export function eventReader(onData: (data: string) => void): (piece: string) => void {
  let rest = "";
  let data: string[] = [];
  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length) onData(data.join("\n"));
        data = [];
      } else if (line.startsWith("data:")) {
        data.push(line.slice(5).replace(/^ /, ""));
      }
    }
  };
}
