// Sessions that were ended before their tokens expired.
#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_map>

#include "base/clock.h"
#include "base/id.h"
#include "base/mutex.h"
#include "base/result.h"

namespace freshet::net {

// Holds each session until the last token that was issued for it has expired: about as many entries
// as sessions end within an access token's lifetime. Thread-safe; asked on every request.
class SessionRevocations {
 public:
  explicit SessionRevocations(const Clock& clock, std::size_t bound = 1'000'000);

  // `session` may also be the id of an account: of which no token is to be accepted any more.
  // From now on IsRevoked(session), as long as a token that expires at `expires_at` is accepted.
  // Errors: kExhausted (`bound` sessions are held): the session stays valid, so tell whoever wanted
  // to end it.
  Result<> Revoke(std::uint64_t session, Timestamp expires_at);
  bool IsRevoked(std::uint64_t session) const;
  std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(std::uint64_t session) const { return MixBits(session); }
  };
  void RemoveExpired() REQUIRES(mutex_);

  const Clock& clock_;
  const std::size_t bound_;
  mutable SharedMutex mutex_;
  std::unordered_map<std::uint64_t, Timestamp, Hash> until_ GUARDED_BY(mutex_);
  std::size_t sweep_at_ GUARDED_BY(mutex_) = 1'024;
  std::atomic<bool> any_{false};  // spares the lock while nothing is revoked
};

}  // namespace freshet::net
