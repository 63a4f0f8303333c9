#include "net/auth/session_revocations.h"

#include <algorithm>

#include "net/auth/jwt.h"

namespace freshet::net {

SessionRevocations::SessionRevocations(const Clock& clock, std::size_t bound)
    : clock_(clock), bound_(bound) {}

Result<> SessionRevocations::Revoke(std::uint64_t session, Timestamp expires_at) {
  const Timestamp until = expires_at + kClockLeeway;
  WriterLock lock(mutex_);
  if (until_.size() >= std::min(sweep_at_, bound_)) {
    RemoveExpired();
    sweep_at_ = std::max<std::size_t>(2 * until_.size(), 1'024);
  }
  const auto known = until_.find(session);
  if (known != until_.end()) {
    known->second = std::max(known->second, until);
    return {};
  }
  if (until_.size() >= bound_) {
    return Failure(
        Error(ErrorKind::kExhausted, "too many sessions were ended at once", "revocations_full")
            .WithRetryAfter(Duration(60'000)));
  }
  until_.emplace(session, until);
  any_.store(true, std::memory_order_release);
  return {};
}

bool SessionRevocations::IsRevoked(std::uint64_t session) const {
  if (!any_.load(std::memory_order_acquire)) return false;
  ReaderLock lock(mutex_);
  const auto found = until_.find(session);
  return found != until_.end() && clock_.Now() < found->second;
}

std::size_t SessionRevocations::size() const {
  ReaderLock lock(mutex_);
  return until_.size();
}

void SessionRevocations::RemoveExpired() {
  const Timestamp now = clock_.Now();
  std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace freshet::net
