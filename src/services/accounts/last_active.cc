#include "services/accounts/last_active.h"

#include <algorithm>
#include <vector>

namespace freshet::accounts {
namespace {

constexpr std::size_t kMostWaiting = 100'000;
constexpr std::size_t kWrittenAtOnce = 500;

}  // namespace

LastActive::LastActive(const AccountsOptions& options, stores::Database& database,
                       const Clock& clock)
    : interval_(options.last_active_interval.count()), database_(database), clock_(clock) {}

void LastActive::Notice(AccountId account, std::uint64_t session) {
  const Timestamp now = clock_.Now();
  const auto interval = static_cast<std::uint64_t>(now.time_since_epoch().count() / interval_);
  const std::uint64_t key = MixBits(session);
  auto& slot = lately_[key % lately_.size()];
  if (slot.load(std::memory_order_relaxed) == (key ^ interval)) return;
  slot.store(key ^ interval, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  if (seen_.size() >= kMostWaiting && !seen_.contains(session)) return;
  seen_.insert_or_assign(session, Seen{.account = account, .at = now});
}

Awaitable<Result<>> LastActive::Flush(Deadline deadline) {
  std::vector<std::pair<std::uint64_t, Seen>> seen;
  {
    MutexLock lock(mutex_);
    seen.assign(seen_.begin(), seen_.end());
    seen_.clear();
  }
  for (std::size_t begin = 0; begin < seen.size(); begin += kWrittenAtOnce) {
    const std::size_t end = std::min(begin + kWrittenAtOnce, seen.size());
    CO_RETURN_IF_ERROR(co_await database_.Write(
        [&](stores::Transaction& tx) -> Result<> {
          for (std::size_t i = begin; i < end; ++i) {
            const auto& [session, person] = seen[i];
            RETURN_IF_ERROR(tx.Execute(
                "UPDATE sessions SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2",
                {session, person.at}));
            RETURN_IF_ERROR(tx.Execute(
                "UPDATE accounts SET last_active_at = $2 WHERE id = $1 AND erased_at IS NULL "
                "AND (last_active_at IS NULL OR last_active_at < $2)",
                {person.account, person.at}));
          }
          return {};
        },
        deadline));
  }
  co_return Result<>();
}

std::optional<Result<net::Identity>> NoticingAuthenticator::Recall(std::string_view bearer_token) {
  auto identity = inner_.Recall(bearer_token);
  if (identity && *identity) last_active_.Notice((*identity)->account, (*identity)->session);
  return identity;
}

Awaitable<Result<net::Identity>> NoticingAuthenticator::Authenticate(std::string_view bearer_token,
                                                                     Deadline deadline) {
  auto identity = co_await inner_.Authenticate(bearer_token, deadline);
  if (identity) last_active_.Notice(identity->account, identity->session);
  co_return identity;
}

}  // namespace freshet::accounts
