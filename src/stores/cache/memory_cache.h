// The cache in the memory of this process.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/metrics.h"
#include "stores/cache/cache.h"

namespace freshet::stores {

struct CacheOptions {
  std::int64_t max_bytes = std::int64_t{512} << 20;
  std::int64_t shards = 16;

  static constexpr auto Describe() {
    return Description(
        "cache", "Rendered posts and other derived things that are kept in memory.",
        Field("max_bytes", &CacheOptions::max_bytes)
            .Range(1 << 16, 1e13)
            .Unit("bytes")
            .Doc("Memory for all of it; the least recently used entries leave first."),
        Field("shards", &CacheOptions::shards)
            .Range(1, 1'024)
            .Doc("Parts with a lock each, rounded up to a power of two; about two per core."));
  }
};

// Each shard has its equal part of max_bytes and evicts its own least recently used; an entry above
// its part is not stored. An entry costs its value's bytes and about 160 more. Recency is exact but
// for entries among the most recently used eighth of a shard, which are not moved when they are
// used again. An expired entry takes memory until it is asked for, replaced or evicted.
//
// A lease is the number of removals seen by one of 1,024 stripes of keys in each shard: removing a
// key breaks the leases of its stripe, which costs the others a load.
//
// Nothing waits but for a shard's lock, so the methods of the port complete at once on the calling
// thread. Values are shared, never copied. Metrics, each {space}: freshet_cache_hits_total,
// freshet_cache_misses_total, freshet_cache_evictions_total, freshet_cache_bytes.
class MemoryCache final : public Cache {
 public:
  // Throws std::invalid_argument for options out of bounds. `clock` and `metrics` must outlive it.
  MemoryCache(const CacheOptions& options, const Clock& clock, Metrics& metrics);
  ~MemoryCache() override;

  Awaitable<Result<std::vector<CacheLookup>>> Get(std::span<const CacheKey> keys,
                                                  Deadline deadline) override;
  Awaitable<Result<>> Put(std::vector<CacheEntry> entries, Deadline deadline) override;
  Awaitable<Result<>> Remove(std::span<const CacheKey> keys, Deadline deadline) override;
  Awaitable<Result<CacheState>> Describe(Deadline deadline) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
