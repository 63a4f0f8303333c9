#include "stores/counters/testing/plain_counters.h"

namespace freshet::stores {
namespace {
Failure Late() { return DeadlineExceeded("too late"); }
}  // namespace

Awaitable<Result<std::vector<MembershipChange>>> PlainCounters::AddMembers(
    std::vector<Membership> memberships, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<MembershipChange> changes;
  MutexLock lock(mutex_);
  for (const auto& [key, member] : memberships) {
    auto& set = sets_[KeyOf(key)];
    const bool changed = set.insert(member.value).second;
    changes.push_back({changed, static_cast<std::int64_t>(set.size())});
  }
  co_return changes;
}

Awaitable<Result<std::vector<MembershipChange>>> PlainCounters::RemoveMembers(
    std::vector<Membership> memberships, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<MembershipChange> changes;
  MutexLock lock(mutex_);
  for (const auto& [key, member] : memberships) {
    auto& set = sets_[KeyOf(key)];
    const bool changed = set.erase(member.value) > 0;
    changes.push_back({changed, static_cast<std::int64_t>(set.size())});
  }
  co_return changes;
}

Awaitable<Result<std::vector<bool>>> PlainCounters::Contains(std::vector<Membership> memberships,
                                                             Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<bool> contained;
  MutexLock lock(mutex_);
  for (const auto& [key, member] : memberships) {
    const auto set = sets_.find(KeyOf(key));
    contained.push_back(set != sets_.end() && set->second.contains(member.value));
  }
  co_return contained;
}

Awaitable<Result<std::vector<AccountId>>> PlainCounters::Members(CounterKey key, AccountId after,
                                                                 std::size_t limit,
                                                                 Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<AccountId> members;
  MutexLock lock(mutex_);
  const auto& set = sets_[KeyOf(key)];
  for (auto at = set.upper_bound(after.value); at != set.end() && members.size() < limit; ++at) {
    members.push_back({*at});
  }
  co_return members;
}

Awaitable<Result<>> PlainCounters::Increment(std::vector<CounterDelta> deltas, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  MutexLock lock(mutex_);
  for (const auto& [key, by] : deltas) sums_[KeyOf(key)] += by;
  co_return Result<>();
}

Awaitable<Result<std::vector<std::int64_t>>> PlainCounters::Count(std::vector<CounterKey> keys,
                                                                  Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<std::int64_t> counts;
  MutexLock lock(mutex_);
  for (const auto& key : keys) {
    counts.push_back(static_cast<std::int64_t>(sets_[KeyOf(key)].size()) + sums_[KeyOf(key)]);
  }
  co_return counts;
}

Awaitable<Result<std::vector<SetLook>>> PlainCounters::Look(std::vector<CounterKey> keys,
                                                            AccountId member, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<SetLook> looks;
  MutexLock lock(mutex_);
  for (const auto& key : keys) {
    const auto& set = sets_[KeyOf(key)];
    looks.push_back({static_cast<std::int64_t>(set.size()), member && set.contains(member.value)});
  }
  co_return looks;
}

}  // namespace freshet::stores
