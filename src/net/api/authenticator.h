// The port behind which tokens are verified.
#pragma once

#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "net/api/scope.h"

namespace freshet::net {

struct Identity {
  AccountId account;
  Scopes scopes;
  std::uint64_t session = 0;
  Timestamp expires_at;
};

// Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Whom `bearer_token` stands for. It is called for every request that carries a token, so the
  // common case should need no store.
  // Errors: kUnauthenticated (malformed, forged, expired, revoked: the code and message are shown
  // to the client), kUnavailable, kDeadline.
  virtual Awaitable<Result<Identity>> Authenticate(std::string_view bearer_token,
                                                   Deadline deadline) = 0;
};

}  // namespace freshet::net
