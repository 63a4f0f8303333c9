// What happens, told live: one stream for each connected person.
#pragma once

#include <memory>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "net/api/authenticator.h"
#include "net/auth/session_revocations.h"
#include "net/http/message.h"
#include "net/http/websocket.h"
#include "services/notifications/stream_session.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::notifications {

// Thread-safe. Streams end when their connection does, when the token expires, at the latest a
// heartbeat after their session was ended, or at Stop.
class StreamService {
 public:
  StreamService(StreamOptions options, StreamParts parts, net::Authenticator& authenticator,
                const net::SessionRevocations& revocations, Metrics& metrics);
  ~StreamService();
  StreamService(const StreamService&) = delete;
  StreamService& operator=(const StreamService&) = delete;

  // A WebSocket, or Server-Sent Events. The token comes in the Authorization header; for a
  // WebSocket also in Sec-WebSocket-Protocol, or as the first message {"token": "..."}. `posts` are
  // watched from the start. Errors: kUnauthenticated, kForbidden, kInvalid (too many posts).
  Awaitable<Result<net::Response>> Open(const net::Request& request, std::vector<PostId> posts,
                                        Deadline deadline);

  // Ends every stream and refuses new ones. Thread-safe.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::notifications
