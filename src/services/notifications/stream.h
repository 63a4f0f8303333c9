// What happens, told live: one stream for each connected person.
#pragma once

#include <memory>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "net/api/authenticator.h"
#include "net/api/routes.h"
#include "net/auth/session_revocations.h"
#include "net/http/message.h"
#include "net/http/websocket.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::notifications {

struct StreamOptions {
  std::int64_t queue = 256;
  Duration authentication_timeout{10'000};
  Duration heartbeat{25'000};

  static constexpr auto Describe() {
    return Description("stream", "Live updates to connected readers.",
                       Field("queue", &StreamOptions::queue)
                           .Range(1, 100'000)
                           .Unit("messages")
                           .Doc("That may wait for one reader; beyond it the reader is sent "
                                "`reset` and starts afresh."),
                       Field("authentication_timeout", &StreamOptions::authentication_timeout)
                           .Range(100, 600'000)
                           .Unit("ms")
                           .Doc("For a WebSocket to send its token."),
                       Field("heartbeat", &StreamOptions::heartbeat)
                           .Range(100, 600'000)
                           .Unit("ms")
                           .Doc("Longest silence; a `ping` is sent then."));
  }
};

// Thread-safe. Streams end when their connection does, when the token expires, at the latest a
// heartbeat after their session was ended, or at Stop.
class StreamService {
 public:
  StreamService(StreamOptions options, stores::PubSub& pubsub, net::Authenticator& authenticator,
                const net::SessionRevocations& revocations, const Clock& clock, Metrics& metrics);
  ~StreamService();
  StreamService(const StreamService&) = delete;
  StreamService& operator=(const StreamService&) = delete;

  // A WebSocket, or Server-Sent Events for a client that accepts text/event-stream. The token comes
  // in the Authorization header; for a WebSocket also in Sec-WebSocket-Protocol, or as the first
  // message {"token": "..."}. Errors: kUnauthenticated, kInvalid (neither was asked for).
  Awaitable<Result<net::Response>> Open(const net::Request& request, Deadline deadline);

  // Ends every stream and refuses new ones. Thread-safe.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

void AddRoutes(net::Routes& routes, StreamService& streams);

}  // namespace freshet::notifications
