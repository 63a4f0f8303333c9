// Stand-ins for the ports of an Api, for tests.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/mutex.h"
#include "net/api/authenticator.h"
#include "net/api/idempotency.h"

namespace freshet::net::testing {

// Knows the tokens that it was told, and remembers those that it has verified. Thread-safe.
class FakeAuthenticator final : public Authenticator {
 public:
  // Returns `token`, which from now on stands for `account`.
  std::string Add(std::string token, AccountId account, Scopes scopes);
  // Every later call fails with `error`; none: goes on as before.
  void FailWith(std::optional<Error> error);
  // How many tokens it had to verify.
  int verified();

  std::optional<Result<Identity>> Recall(std::string_view bearer_token) override;
  Awaitable<Result<Identity>> Authenticate(std::string_view bearer_token,
                                           Deadline deadline) override;

 private:
  Mutex mutex_;
  std::map<std::string, Identity, std::less<>> identities_ GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> remembered_ GUARDED_BY(mutex_);
  int verified_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

// Keeps answers in memory, without end. Thread-safe.
class MemoryIdempotencyStore final : public IdempotencyStore {
 public:
  void FailWith(std::optional<Error> error);
  std::size_t size();

  Awaitable<Result<std::optional<StoredAnswer>>> Find(OperationKey operation,
                                                      Deadline deadline) override;
  Awaitable<Result<>> Store(OperationKey operation, StoredAnswer answer,
                            Deadline deadline) override;

 private:
  struct Kept {
    std::string fingerprint;
    StoredAnswer answer;
  };
  Mutex mutex_;
  std::map<std::string, Kept> answers_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

}  // namespace freshet::net::testing
