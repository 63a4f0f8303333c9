// Activity lists in memory, for tests of what stands on the port.
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "stores/activity/activity.h"

namespace freshet::stores {

// Thread-safe, and simple enough to be believed: the model that other adapters are held against.
class MemoryActivity final : public Activity {
 public:
  explicit MemoryActivity(const Clock& clock) : clock_(clock) {}

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
  using Entries = std::map<std::uint64_t, std::string, std::greater<>>;

  std::vector<ActivityEntry> PageOf(ActivityList list, std::uint64_t before,
                                    std::size_t limit) const REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<ActivityList, Entries> lists_ GUARDED_BY(mutex_);
};

}  // namespace freshet::stores
