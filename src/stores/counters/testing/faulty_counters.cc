#include "stores/counters/testing/faulty_counters.h"

namespace freshet::stores {

Awaitable<Result<std::vector<MembershipChange>>> FaultyCounters::AddMembers(
    std::vector<Membership> memberships, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("AddMembers"));
  CO_ASSIGN_OR_RETURN(auto changes, co_await inner_.AddMembers(std::move(memberships), deadline));
  CO_RETURN_IF_ERROR(plan_.After("AddMembers"));
  co_return changes;
}

Awaitable<Result<std::vector<MembershipChange>>> FaultyCounters::RemoveMembers(
    std::vector<Membership> memberships, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("RemoveMembers"));
  CO_ASSIGN_OR_RETURN(auto changes,
                      co_await inner_.RemoveMembers(std::move(memberships), deadline));
  CO_RETURN_IF_ERROR(plan_.After("RemoveMembers"));
  co_return changes;
}

Awaitable<Result<std::vector<bool>>> FaultyCounters::Contains(std::vector<Membership> memberships,
                                                              Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Contains"));
  co_return co_await inner_.Contains(std::move(memberships), deadline);
}

Awaitable<Result<std::vector<AccountId>>> FaultyCounters::Members(CounterKey set, AccountId after,
                                                                  std::size_t limit,
                                                                  Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Members"));
  co_return co_await inner_.Members(set, after, limit, deadline);
}

Awaitable<Result<>> FaultyCounters::Increment(std::vector<CounterDelta> deltas, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Increment"));
  CO_RETURN_IF_ERROR(co_await inner_.Increment(std::move(deltas), deadline));
  co_return plan_.After("Increment");
}

Awaitable<Result<std::vector<std::int64_t>>> FaultyCounters::Count(std::vector<CounterKey> keys,
                                                                   Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Count"));
  co_return co_await inner_.Count(std::move(keys), deadline);
}

Awaitable<Result<std::vector<SetLook>>> FaultyCounters::Look(std::vector<CounterKey> keys,
                                                             AccountId member, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Look"));
  co_return co_await inner_.Look(std::move(keys), member, deadline);
}

}  // namespace freshet::stores
