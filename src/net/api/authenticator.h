// The port behind which tokens are verified.
#pragma once

#include <optional>
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

  // What Authenticate would return of a token that was verified before; nothing when it would have
  // to verify it. It is called for every request that carries a token, so it should need no store.
  virtual std::optional<Result<Identity>> Recall(std::string_view bearer_token) = 0;

  // Whom `bearer_token` stands for.
  // Errors: kUnauthenticated (malformed, forged, expired, revoked: the code and message are shown
  // to the client), kUnavailable, kDeadline.
  virtual Awaitable<Result<Identity>> Authenticate(std::string_view bearer_token,
                                                   Deadline deadline) = 0;
};

}  // namespace freshet::net
