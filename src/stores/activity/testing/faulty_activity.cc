#include "stores/activity/testing/faulty_activity.h"

namespace freshet::stores {

Awaitable<Result<>> FaultyActivity::Put(std::vector<ActivityItem> items, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Put"));
  CO_RETURN_IF_ERROR(co_await inner_.Put(std::move(items), deadline));
  co_return plan_.After("Put");
}

Awaitable<Result<>> FaultyActivity::Remove(std::vector<ActivityItem> items, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Remove"));
  CO_RETURN_IF_ERROR(co_await inner_.Remove(std::move(items), deadline));
  co_return plan_.After("Remove");
}

Awaitable<Result<std::vector<ActivityEntry>>> FaultyActivity::Page(ActivityList list,
                                                                   std::uint64_t before,
                                                                   std::size_t limit,
                                                                   Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Page"));
  co_return co_await inner_.Page(list, before, limit, deadline);
}

Awaitable<Result<std::vector<ActivityItem>>> FaultyActivity::Merge(ActivityKind kind,
                                                                   std::vector<AccountId> owners,
                                                                   std::uint64_t before,
                                                                   std::size_t limit,
                                                                   Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Merge"));
  co_return co_await inner_.Merge(kind, std::move(owners), before, limit, deadline);
}

Awaitable<Result<>> FaultyActivity::Erase(std::vector<ActivityList> lists, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Erase"));
  CO_RETURN_IF_ERROR(co_await inner_.Erase(std::move(lists), deadline));
  co_return plan_.After("Erase");
}

}  // namespace freshet::stores
