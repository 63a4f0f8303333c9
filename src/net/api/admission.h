// Who calls, and whether they may.
#pragma once

#include "base/async.h"
#include "base/result.h"
#include "net/api/authenticator.h"
#include "net/api/caller.h"
#include "net/api/rate_limiter.h"
#include "net/api/route.h"

namespace freshet::net {

// Thread-safe.
class Admission {
 public:
  Admission(Authenticator& authenticator, RateLimiter& rate_limiter)
      : authenticator_(authenticator), rate_limiter_(rate_limiter) {}

  // Finds out whom the request's token stands for and puts them into `caller`; takes one call from
  // their bucket; checks the route's scope. Adds to `headers` what the answer must carry, whatever
  // becomes of the request: RateLimit-*, WWW-Authenticate. A bad token is refused on public routes
  // too, and counts against the address, so that guessing is limited: after too many of them only
  // tokens that are known already are taken from there.
  // Errors: kUnauthenticated, kForbidden (code "missing_scope"), kExhausted (code "rate_limited"),
  // the Authenticator's.
  Awaitable<Result<>> Admit(const RouteInfo& route, const Request& request, Caller& caller,
                            HeaderFields& headers);

 private:
  Awaitable<Result<>> Identify(RateClass rate_class, const Request& request, Caller& caller,
                               HeaderFields& headers);

  Authenticator& authenticator_;
  RateLimiter& rate_limiter_;
};

}  // namespace freshet::net
