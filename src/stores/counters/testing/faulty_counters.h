// Counters that go wrong when told to.
#pragma once

#include "base/testing/fault_plan.h"
#include "stores/counters/counters.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each call, by the method's name. Thread-safe.
class FaultyCounters final : public Counters {
 public:
  FaultyCounters(Counters& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

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
  Counters& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
