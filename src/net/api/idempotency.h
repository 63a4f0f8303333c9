// The port behind which answers to repeatable writes are kept.
#pragma once

#include <optional>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/api/caller.h"
#include "net/http/message.h"

namespace freshet::net {

struct StoredAnswer {
  int status = 0;
  HeaderFields headers;  // Content-Type, Location, ETag and Link, where the answer had them
  std::string body;
};

inline constexpr std::string_view kKeyReused = "idempotency_key_reused";

// Answers by operation key, for at least 24 hours. Thread-safe.
class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;

  // The answer stored under `operation.key`, or none.
  // Errors: kInvalid with code kKeyReused (stored under another fingerprint), kUnavailable,
  // kDeadline.
  virtual Awaitable<Result<std::optional<StoredAnswer>>> Find(OperationKey operation,
                                                              Deadline deadline) = 0;
  // Keeps `answer`; the first one stored under a key stays.
  virtual Awaitable<Result<>> Store(OperationKey operation, StoredAnswer answer,
                                    Deadline deadline) = 0;
};

}  // namespace freshet::net
