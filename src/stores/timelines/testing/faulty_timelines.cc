#include "stores/timelines/testing/faulty_timelines.h"

#include <utility>

namespace freshet::stores {

Awaitable<Result<std::size_t>> FaultyTimelines::Push(TimelineKind kind,
                                                     std::span<const AccountId> owners,
                                                     TimelineEntry entry, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Push"));
  auto taken = co_await inner_.Push(kind, owners, entry, deadline);
  if (taken) CO_RETURN_IF_ERROR(plan_.After("Push"));
  co_return taken;
}

Awaitable<Result<std::vector<std::optional<TimelineSlice>>>> FaultyTimelines::Read(
    std::span<const TimelineKey> keys, PostId before, std::size_t limit, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Read"));
  auto slices = co_await inner_.Read(keys, before, limit, deadline);
  if (slices) CO_RETURN_IF_ERROR(plan_.After("Read"));
  co_return slices;
}

Awaitable<Result<RebuildToken>> FaultyTimelines::BeginRebuild(TimelineKey key, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("BeginRebuild"));
  auto token = co_await inner_.BeginRebuild(key, deadline);
  if (token) CO_RETURN_IF_ERROR(plan_.After("BeginRebuild"));
  co_return token;
}

Awaitable<Result<>> FaultyTimelines::FinishRebuild(TimelineKey key, RebuildToken token,
                                                   TimelineSlice slice, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("FinishRebuild"));
  CO_RETURN_IF_ERROR(co_await inner_.FinishRebuild(key, token, std::move(slice), deadline));
  co_return plan_.After("FinishRebuild");
}

Awaitable<Result<>> FaultyTimelines::Remove(TimelineKind kind, std::span<const AccountId> owners,
                                            PostId post, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Remove"));
  CO_RETURN_IF_ERROR(co_await inner_.Remove(kind, owners, post, deadline));
  co_return plan_.After("Remove");
}

Awaitable<Result<>> FaultyTimelines::Drop(std::span<const TimelineKey> keys, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Drop"));
  CO_RETURN_IF_ERROR(co_await inner_.Drop(keys, deadline));
  co_return plan_.After("Drop");
}

Awaitable<Result<TimelinesState>> FaultyTimelines::Describe(Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Describe"));
  co_return co_await inner_.Describe(deadline);
}

}  // namespace freshet::stores
