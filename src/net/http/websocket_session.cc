#include "net/http/websocket_session.h"

#include <algorithm>
#include <boost/beast/websocket/ssl.hpp>

#include "net/http/beast_websocket.h"

namespace freshet::net {

// The key is 16 bytes in base64.
bool WebSocketHandshake::Valid() const {
  return version == "13" && key.size() == 24 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, 22), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '+' || c == '/';
         });
}

std::unique_ptr<WebSocketSession> MakeWebSocketSession(Transport& transport,
                                                       const WebSocketLimits& limits,
                                                       const Clock& clock) {
  if (transport.secure())
    return std::make_unique<BeastWebSocket<TlsStream&>>(transport.tls(), limits, clock);
  return std::make_unique<BeastWebSocket<TcpSocket&>>(transport.socket(), limits, clock);
}

}  // namespace freshet::net
