#include "stores/activity/testing/memory_activity.h"

#include <algorithm>
#include <set>

namespace freshet::stores {
namespace {
Failure Late() { return DeadlineExceeded("too late"); }
}  // namespace

Awaitable<Result<>> MemoryActivity::Put(std::vector<ActivityItem> items, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  MutexLock lock(mutex_);
  for (auto& item : items) {
    lists_[item.list].insert_or_assign(item.entry.id, std::move(item.entry.payload));
  }
  co_return Result<>();
}

Awaitable<Result<>> MemoryActivity::Remove(std::vector<ActivityItem> items, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  MutexLock lock(mutex_);
  for (const auto& item : items) {
    if (const auto list = lists_.find(item.list); list != lists_.end()) {
      list->second.erase(item.entry.id);
    }
  }
  co_return Result<>();
}

std::vector<ActivityEntry> MemoryActivity::PageOf(ActivityList list, std::uint64_t before,
                                                  std::size_t limit) const {
  std::vector<ActivityEntry> page;
  const auto found = lists_.find(list);
  if (found == lists_.end()) return page;
  for (const auto& [id, payload] : found->second) {
    if (page.size() == limit) break;
    if (before == 0 || id < before) page.push_back({id, payload});
  }
  return page;
}

Awaitable<Result<std::vector<ActivityEntry>>> MemoryActivity::Page(ActivityList list,
                                                                   std::uint64_t before,
                                                                   std::size_t limit,
                                                                   Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  MutexLock lock(mutex_);
  co_return PageOf(list, before, limit);
}

Awaitable<Result<std::vector<ActivityItem>>> MemoryActivity::Merge(ActivityKind kind,
                                                                   std::vector<AccountId> owners,
                                                                   std::uint64_t before,
                                                                   std::size_t limit,
                                                                   Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  std::vector<ActivityItem> merged;
  MutexLock lock(mutex_);
  for (const AccountId owner : std::set(owners.begin(), owners.end())) {
    for (auto& entry : PageOf({kind, owner}, before, limit)) {
      merged.push_back({{kind, owner}, std::move(entry)});
    }
  }
  std::ranges::sort(merged, std::greater(), [](const ActivityItem& item) {
    return std::pair(item.entry.id, item.list.owner);
  });
  if (merged.size() > limit) merged.resize(limit);
  co_return merged;
}

Awaitable<Result<>> MemoryActivity::Erase(std::vector<ActivityList> lists, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return Late();
  MutexLock lock(mutex_);
  for (const ActivityList list : lists) lists_.erase(list);
  co_return Result<>();
}

}  // namespace freshet::stores
