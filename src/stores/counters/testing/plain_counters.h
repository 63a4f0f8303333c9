// Counters in standard containers, for tests of what stands on the port.
#pragma once

#include <map>
#include <set>

#include "base/clock.h"
#include "base/mutex.h"
#include "stores/counters/counters.h"

namespace freshet::stores {

// Thread-safe, remembers nothing beyond its own life, and simple enough to be believed: the model
// that other adapters are held against.
class PlainCounters final : public Counters {
 public:
  explicit PlainCounters(const Clock& clock) : clock_(clock) {}

  Awaitable<Result<std::vector<MembershipChange>>> AddMembers(std::vector<Membership> memberships,
                                                              Deadline deadline) override;
  Awaitable<Result<std::vector<MembershipChange>>> RemoveMembers(
      std::vector<Membership> memberships, Deadline deadline) override;
  Awaitable<Result<std::vector<bool>>> Contains(std::vector<Membership> memberships,
                                                Deadline deadline) override;
  Awaitable<Result<std::vector<AccountId>>> Members(CounterKey set, AccountId after,
                                                    std::size_t limit, Deadline deadline) override;
  Awaitable<Result<>> Increment(std::vector<CounterDelta> deltas, Deadline deadline) override;
  Awaitable<Result<std::vector<std::int64_t>>> Count(std::vector<CounterKey> keys,
                                                     Deadline deadline) override;
  Awaitable<Result<std::vector<SetLook>>> Look(std::vector<CounterKey> keys, AccountId member,
                                               Deadline deadline) override;

 private:
  using Key = std::pair<std::uint16_t, std::uint64_t>;
  static Key KeyOf(const CounterKey& key) { return {key.space.number, key.id}; }

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<Key, std::set<std::uint64_t>> sets_ GUARDED_BY(mutex_);
  std::map<Key, std::int64_t> sums_ GUARDED_BY(mutex_);
};

}  // namespace freshet::stores
