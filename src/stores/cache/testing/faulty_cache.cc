#include "stores/cache/testing/faulty_cache.h"

#include <utility>

namespace freshet::stores {

Awaitable<Result<std::vector<CacheLookup>>> FaultyCache::Get(std::span<const CacheKey> keys,
                                                             Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Get"));
  auto lookups = co_await inner_.Get(keys, deadline);
  if (lookups) CO_RETURN_IF_ERROR(plan_.After("Get"));
  co_return lookups;
}

Awaitable<Result<>> FaultyCache::Put(std::vector<CacheEntry> entries, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Put"));
  CO_RETURN_IF_ERROR(co_await inner_.Put(std::move(entries), deadline));
  co_return plan_.After("Put");
}

Awaitable<Result<>> FaultyCache::Remove(std::span<const CacheKey> keys, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Remove"));
  CO_RETURN_IF_ERROR(co_await inner_.Remove(keys, deadline));
  co_return plan_.After("Remove");
}

Awaitable<Result<CacheState>> FaultyCache::Describe(Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Describe"));
  co_return co_await inner_.Describe(deadline);
}

}  // namespace freshet::stores
