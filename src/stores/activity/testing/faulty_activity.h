// An activity store that goes wrong when told to.
#pragma once

#include "base/testing/fault_plan.h"
#include "stores/activity/activity.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each call, by the method's name. Thread-safe.
class FaultyActivity final : public Activity {
 public:
  FaultyActivity(Activity& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Awaitable<Result<>> Put(std::vector<ActivityItem> items, Deadline deadline) override;
  Awaitable<Result<>> Remove(std::vector<ActivityItem> items, Deadline deadline) override;
  Awaitable<Result<std::vector<ActivityEntry>>> Page(ActivityList list, std::uint64_t before,
                                                     std::size_t limit, Deadline deadline) override;
  Awaitable<Result<std::vector<ActivityItem>>> Merge(ActivityKind kind,
                                                     std::vector<AccountId> owners,
                                                     std::uint64_t before, std::size_t limit,
                                                     Deadline deadline) override;
  Awaitable<Result<>> Erase(std::vector<ActivityList> lists, Deadline deadline) override;

 private:
  Activity& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
