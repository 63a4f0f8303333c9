// The server's side of a WebSocket, from the handshake to the closed connection.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "net/http/message.h"
#include "net/http/transport.h"
#include "net/http/websocket.h"

namespace freshet::net {

struct WebSocketHandshake {
  std::string key;      // Sec-WebSocket-Key
  std::string version;  // Sec-WebSocket-Version

  // Whether RFC 6455 section 4.2.1 is kept.
  bool Valid() const;
};

struct WebSocketLimits {
  std::size_t max_message = 0;
  std::size_t send_queue = 0;
  Duration ping_interval{};
  Duration write_timeout{};
};

// Every method runs on the connection's io thread. Destroy only after Finish has returned.
class WebSocketSession : public WebSocket {
 public:
  // Answers the handshake; `headers` are added to the answer. Returns whether the WebSocket is
  // open.
  virtual Awaitable<bool> Accept(const WebSocketHandshake& handshake,
                                 const HeaderFields& headers) = 0;
  // Pings, and ends what is past its deadline.
  virtual void Sweep(SteadyTime now) = 0;
  // Closes with `code` unless it is closed, and returns when nothing of it is pending.
  virtual Awaitable<void> Finish(std::uint16_t code) = 0;
};

std::unique_ptr<WebSocketSession> MakeWebSocketSession(Transport& transport,
                                                       const WebSocketLimits& limits,
                                                       const Clock& clock);

}  // namespace freshet::net
