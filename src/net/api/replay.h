// Idempotency-Key: doing what a client asks for more than once only once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/async.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "net/api/caller.h"
#include "net/api/idempotency.h"
#include "net/api/route.h"

namespace freshet::net {

// The operation that an Idempotency-Key names, or none without one. Whoever is signed in has keys
// of their own; for all others a key counts by route.
// Errors: kInvalid with code "invalid_idempotency_key".
Result<std::optional<OperationKey>> OperationKeyOf(const RouteInfo& route, const Request& request,
                                                   AccountId account);

// Thread-safe.
class Replay {
 public:
  // What running the request came to.
  struct Outcome {
    Response response;
    // The handler ran, the same request would get the same answer, and the answer is no secret. One
    // that is not kept is made anew by the handler, which recognises the operation.
    bool keep = false;
  };
  using Run = std::function<Awaitable<Outcome>()>;

  Replay(IdempotencyStore& store, Logger& logger) : store_(store), logger_(logger) {}

  // Answers as before when `operation` was answered before, else runs it and keeps its answer.
  // An answer that cannot be kept is given nevertheless: its effect has happened, and services
  // recognise the operation by its key themselves.
  // Errors: kConflict with code "idempotency_key_in_use" (it is running now, in this process), the
  // store's Find's: without it nothing is run.
  Awaitable<Result<Response>> Once(const OperationKey& operation, Deadline deadline,
                                   const Run& run);

 private:
  class Running;

  IdempotencyStore& store_;
  Logger& logger_;
  Mutex mutex_;
  std::unordered_set<std::string> running_ GUARDED_BY(mutex_);  // at most one per connection
};

}  // namespace freshet::net
