// One shard of the cache in memory: what MemoryCache does under one lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/flat_index.h"
#include "base/metrics.h"
#include "stores/cache/cache.h"

namespace freshet::stores {

// The metrics of one space; owned by MemoryCache.
struct CacheSpaceMetrics {
  Counter hits, misses, evictions;
  Gauge bytes;
};

// Equal keys have equal hashes; different keys may share one.
inline std::uint64_t HashOf(const CacheKey& key) { return std::hash<CacheKey>()(key); }

// Not thread-safe.
class CacheShard {
 public:
  explicit CacheShard(std::size_t max_bytes);

  // Brings closer what Get will touch: the index's lines, then the nodes, then what these point to.
  // Each stage needs what the one before has fetched.
  enum class Fetch { kIndex, kNodes, kPointees };
  void Prefetch(Fetch stage, std::span<const std::uint64_t> hashes) const;

  // lookups[positions[i]] answers keys[positions[i]]. Returns the number of hits.
  std::size_t Get(std::span<const std::uint64_t> hashes, std::span<const std::uint16_t> positions,
                  std::span<const CacheKey> keys, std::span<CacheLookup> lookups, SteadyTime now);
  // Values that are replaced or evicted go to `garbage`, to be destroyed without the lock.
  void Put(std::uint64_t hash, CacheEntry entry, CacheSpaceMetrics& metrics, SteadyTime now,
           std::vector<CacheValue>& garbage);
  void Remove(std::uint64_t hash, const CacheKey& key, std::vector<CacheValue>& garbage);

  CacheState state() const;

 private:
  using Place = std::uint32_t;
  static constexpr Place kNone = FlatIndex::kNone;
  static constexpr std::size_t kChunk = 256;
  static constexpr std::size_t kStripes = 1'024;

  // Linked from the most to the least recently used.
  struct Node {
    std::uint64_t id = 0;
    CacheValue value;
    SteadyTime expires_at;
    CacheSpaceMetrics* metrics = nullptr;
    std::uint32_t hash = 0;
    Place newer = kNone;
    Place older = kNone;  // in a free place: the next free place
    std::uint32_t used_at = 0;
    std::uint16_t space = 0;
  };

  Node& At(Place place) { return chunks_[place / kChunk][place % kChunk]; }
  const Node& At(Place place) const { return chunks_[place / kChunk][place % kChunk]; }
  Place Find(std::uint64_t hash, const CacheKey& key) const;
  Place Take();
  void Free(Place place, std::vector<CacheValue>& garbage);
  void Link(Place place);
  void Unlink(Place place);
  // Makes the entry the most recently used, unless it is nearly that.
  void Touch(Place place);
  void MakeRoom(std::size_t bytes, std::vector<CacheValue>& garbage);
  static std::size_t CostOf(const CacheValue& value);
  std::uint32_t& StripeOf(std::uint64_t hash) { return removals_[(hash >> 32) % kStripes]; }

  const std::size_t max_bytes_;
  FlatIndex index_;
  std::vector<std::unique_ptr<Node[]>> chunks_;
  std::size_t used_ = 0;
  Place first_free_ = kNone;
  Place newest_ = kNone;
  Place oldest_ = kNone;
  std::uint32_t uses_ = 0;  // counts Links; wraps
  std::array<std::uint32_t, kStripes> removals_;
  std::size_t bytes_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::uint64_t evictions_ = 0;
};

}  // namespace freshet::stores
