// A cache that goes wrong when told to.
#pragma once

#include "base/testing/fault_plan.h"
#include "stores/cache/cache.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each call, by the method's name. Thread-safe.
class FaultyCache : public Cache {
 public:
  FaultyCache(Cache& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Awaitable<Result<std::vector<CacheLookup>>> Get(std::span<const CacheKey> keys,
                                                  Deadline deadline) override;
  Awaitable<Result<>> Put(std::vector<CacheEntry> entries, Deadline deadline) override;
  Awaitable<Result<>> Remove(std::span<const CacheKey> keys, Deadline deadline) override;
  Awaitable<Result<CacheState>> Describe(Deadline deadline) override;

 private:
  Cache& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
