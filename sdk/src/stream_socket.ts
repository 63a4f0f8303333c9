import { networkError } from "./error.js";
import { platform } from "./platform.js";
import type { Connection, ConnectionRequest } from "./stream.js";

// How the server closes when a token is not, or no longer, good.
const tokenRefused = 4401;

/**
 * The token goes in the first message and not among the sub-protocols: there a refusal would look to a page like a
 * connection that failed, and what is resumed and watched can be said with it.
 */
export function openSocket(
  make: typeof WebSocket,
  baseUrl: string,
  request: ConnectionRequest,
): Connection {
  const url = new URL(`${baseUrl}/v1/stream`, platform.location?.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new make(url);
  let open = false;
  const say = (message: object) => {
    socket.send(JSON.stringify(message));
  };
  socket.onopen = () => {
    say({
      token: request.token,
      last_event_id: request.lastEventId,
      subscribe: { posts: request.posts },
    });
  };
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    // The server answers `subscribe`: whatever it says first, it has taken the token.
    if (!open) request.onOpen();
    open = true;
    request.onMessage(data);
  };
  socket.onclose = ({ code }) => {
    const refused = code === tokenRefused;
    request.onEnd(refused ? "refused" : "lost", networkError(`closed with ${String(code)}`));
  };
  // Node 22 tells of a connection that could not be made in this way only.
  socket.onerror = () => {
    request.onEnd("lost", networkError("the WebSocket failed"));
  };
  return {
    watch: (posts) => {
      say({ subscribe: { posts } });
    },
    close: () => {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
    },
  };
}
