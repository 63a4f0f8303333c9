#include "stores/cache/memory_cache.h"

#include <algorithm>
#include <bit>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/flat_index.h"
#include "base/mutex.h"
#include "stores/cache/cache_shard.h"

namespace freshet::stores {
namespace {
constexpr std::size_t kWorthPrefetching = 4;  // keys

Failure TooLate() { return DeadlineExceeded("the call came after its deadline"); }
}  // namespace

struct MemoryCache::Impl {
  struct alignas(64) LockedShard {
    explicit LockedShard(std::size_t max_bytes) : shard(max_bytes) {}
    Mutex mutex;
    CacheShard shard GUARDED_BY(mutex);
  };

  Impl(const CacheOptions& options, const Clock& system, Metrics& all_metrics)
      : clock(system), metrics(all_metrics) {
    if (options.shards < 1 || options.shards > 1'024 || options.max_bytes < 1) {
      throw std::invalid_argument("cache: an option is out of bounds");
    }
    shard_bits = std::bit_width(static_cast<std::uint64_t>(options.shards - 1));
    const auto part = static_cast<std::size_t>(options.max_bytes) >> shard_bits;
    for (std::size_t i = 0; i < std::size_t{1} << shard_bits; ++i) {
      shards.push_back(std::make_unique<LockedShard>(part));
    }
  }

  CacheSpaceMetrics& MetricsOf(CacheSpace space) {
    {
      ReaderLock lock(spaces_mutex);
      if (const auto found = spaces.find(space.number); found != spaces.end()) {
        return *found->second;
      }
    }
    WriterLock lock(spaces_mutex);
    auto& slot = spaces[space.number];
    if (!slot) {
      const MetricLabels labels{{"space", std::string(space.name)}};
      slot.reset(new CacheSpaceMetrics{
          .hits = metrics.GetCounter("freshet_cache_hits_total",
                                     "Values, present or known not to exist, found in the cache",
                                     labels),
          .misses = metrics.GetCounter("freshet_cache_misses_total",
                                       "Values looked for in the cache in vain", labels),
          .evictions = metrics.GetCounter("freshet_cache_evictions_total",
                                          "Cache entries that left for want of memory", labels),
          .bytes =
              metrics.GetGauge("freshet_cache_bytes", "Memory that cache entries take", labels)});
    }
    return *slot;
  }

  // A batch has few keys in each shard. Going through the shards a stage at a time, each lock taken
  // anew, overlaps the cache misses of the whole batch, which is worth far more than the locks
  // cost.
  void Prefetch(const ShardBatch& batch) {
    for (const auto stage :
         {CacheShard::Fetch::kIndex, CacheShard::Fetch::kNodes, CacheShard::Fetch::kPointees}) {
      batch.ForEachShard(0, [&](std::size_t shard, auto hashes, auto) {
        MutexLock lock(shards[shard]->mutex);
        shards[shard]->shard.Prefetch(stage, hashes);
      });
    }
  }

  // Calls visit(locked shard, hashes, positions, batch's start) in batches.
  template <class KeyAt, class Visit>
  void ForEachShard(std::size_t count, bool prefetch, KeyAt key_at, Visit visit) {
    for (std::size_t start = 0; start < count; start += ShardBatch::kMost) {
      const ShardBatch batch(std::min(ShardBatch::kMost, count - start), shard_bits,
                             [&](std::size_t i) { return HashOf(key_at(start + i)); });
      if (prefetch && batch.size() >= kWorthPrefetching) Prefetch(batch);
      batch.ForEachShard(0, [&](std::size_t shard, auto hashes, auto positions) {
        visit(*shards[shard], hashes, positions, start);
      });
    }
  }

  // Counts hits and misses per run of keys of one space; most calls are one run.
  void Count(std::span<const CacheKey> keys, std::span<const CacheLookup> lookups) {
    for (std::size_t i = 0; i < keys.size();) {
      const CacheSpace space = keys[i].space;
      std::size_t hits = 0;
      std::size_t misses = 0;
      for (; i < keys.size() && keys[i].space.number == space.number; ++i) {
        ++(lookups[i].hit ? hits : misses);
      }
      CacheSpaceMetrics& counted = MetricsOf(space);
      if (hits > 0) counted.hits.Add(static_cast<double>(hits));
      if (misses > 0) counted.misses.Add(static_cast<double>(misses));
    }
  }

  const Clock& clock;
  Metrics& metrics;
  int shard_bits = 0;
  std::vector<std::unique_ptr<LockedShard>> shards;
  SharedMutex spaces_mutex;
  std::map<std::uint16_t, std::unique_ptr<CacheSpaceMetrics>> spaces GUARDED_BY(spaces_mutex);
};

MemoryCache::MemoryCache(const CacheOptions& options, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, clock, metrics)) {}

MemoryCache::~MemoryCache() = default;

Awaitable<Result<std::vector<CacheLookup>>> MemoryCache::Get(std::span<const CacheKey> keys,
                                                             Deadline deadline) {
  const SteadyTime now = impl_->clock.Steady();
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  std::vector<CacheLookup> lookups(keys.size());
  impl_->ForEachShard(
      keys.size(), true, [&](std::size_t i) -> const CacheKey& { return keys[i]; },
      [&](Impl::LockedShard& locked, auto hashes, auto positions, std::size_t start) {
        MutexLock lock(locked.mutex);
        locked.shard.Get(hashes, positions, keys.subspan(start), std::span(lookups).subspan(start),
                         now);
      });
  impl_->Count(keys, lookups);
  co_return lookups;
}

Awaitable<Result<>> MemoryCache::Put(std::vector<CacheEntry> entries, Deadline deadline) {
  const SteadyTime now = impl_->clock.Steady();
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  std::vector<CacheValue> garbage;
  for (CacheEntry& entry : entries) {
    CacheSpaceMetrics& metrics = impl_->MetricsOf(entry.key.space);
    const std::uint64_t hash = HashOf(entry.key);
    Impl::LockedShard& locked = *impl_->shards[ShardOf(hash, impl_->shard_bits)];
    MutexLock lock(locked.mutex);
    locked.shard.Put(hash, std::move(entry), metrics, now, garbage);
  }
  co_return Result<>{};
}

Awaitable<Result<>> MemoryCache::Remove(std::span<const CacheKey> keys, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  std::vector<CacheValue> garbage;
  impl_->ForEachShard(
      keys.size(), false, [&](std::size_t i) -> const CacheKey& { return keys[i]; },
      [&](Impl::LockedShard& locked, auto hashes, auto positions, std::size_t start) {
        MutexLock lock(locked.mutex);
        for (std::size_t i = 0; i < hashes.size(); ++i) {
          locked.shard.Remove(hashes[i], keys[start + positions[i]], garbage);
        }
      });
  co_return Result<>{};
}

Awaitable<Result<CacheState>> MemoryCache::Describe(Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  CacheState sum;
  for (const auto& locked : impl_->shards) {
    MutexLock lock(locked->mutex);
    const CacheState state = locked->shard.state();
    sum.entries += state.entries;
    sum.bytes += state.bytes;
    sum.hits += state.hits;
    sum.misses += state.misses;
    sum.evictions += state.evictions;
  }
  co_return sum;
}

}  // namespace freshet::stores
