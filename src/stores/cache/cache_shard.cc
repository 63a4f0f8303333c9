#include "stores/cache/cache_shard.h"

#include <algorithm>
#include <string>
#include <utility>

namespace freshet::stores {
namespace {
// make_shared puts the reference count before the value.
void PrefetchCount(const CacheValue& value) {
  if (value) __builtin_prefetch(reinterpret_cast<const char*>(value.get()) - 16, 1);
}
}  // namespace

CacheShard::CacheShard(std::size_t max_bytes) : max_bytes_(max_bytes) {
  removals_.fill(1);  // a lease of 0 is none
}

CacheShard::Place CacheShard::Find(std::uint64_t hash, const CacheKey& key) const {
  return index_.Find(static_cast<std::uint32_t>(hash), [&](Place place) {
    return At(place).id == key.id && At(place).space == key.space.number;
  });
}

void CacheShard::Prefetch(Fetch stage, std::span<const std::uint64_t> hashes) const {
  for (const std::uint64_t hash : hashes) {
    if (stage == Fetch::kIndex) {
      index_.Prefetch(static_cast<std::uint32_t>(hash));
      continue;
    }
    const Place place = index_.First(static_cast<std::uint32_t>(hash));
    if (place == kNone) continue;
    if (stage == Fetch::kNodes) {
      __builtin_prefetch(&At(place), 1);
    } else {
      const Node& node = At(place);
      PrefetchCount(node.value);
      // Becoming the most recently used takes it from between these.
      if (node.newer != kNone) __builtin_prefetch(&At(node.newer), 1);
      if (node.older != kNone) __builtin_prefetch(&At(node.older), 1);
    }
  }
}

std::size_t CacheShard::Get(std::span<const std::uint64_t> hashes,
                            std::span<const std::uint16_t> positions,
                            std::span<const CacheKey> keys, std::span<CacheLookup> lookups,
                            SteadyTime now) {
  std::size_t hits = 0;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    CacheLookup& lookup = lookups[positions[i]];
    const Place place = Find(hashes[i], keys[positions[i]]);
    if (place == kNone || now >= At(place).expires_at) {
      lookup.lease = {StripeOf(hashes[i])};
      continue;
    }
    lookup.hit = true;
    lookup.value = At(place).value;
    Touch(place);
    ++hits;
  }
  hits_ += hits;
  misses_ += hashes.size() - hits;
  return hits;
}

void CacheShard::Put(std::uint64_t hash, CacheEntry entry, CacheSpaceMetrics& metrics,
                     SteadyTime now, std::vector<CacheValue>& garbage) {
  const std::size_t cost = CostOf(entry.value);
  if (entry.lease.value != StripeOf(hash) || entry.ttl <= Duration(0)) return;
  if (const Place old = Find(hash, entry.key); old != kNone) Free(old, garbage);
  if (cost > max_bytes_) return;
  MakeRoom(cost, garbage);
  const Place place = Take();
  Node& node = At(place);
  node.id = entry.key.id;
  node.space = entry.key.space.number;
  node.hash = static_cast<std::uint32_t>(hash);
  node.metrics = &metrics;
  node.value = std::move(entry.value);
  // A time to live that reaches beyond the clock's end is for ever.
  const auto left = std::chrono::floor<Duration>(SteadyTime::max() - now);
  node.expires_at = entry.ttl >= left ? SteadyTime::max() : now + entry.ttl;
  index_.Insert(node.hash, place);
  Link(place);
  bytes_ += cost;
  metrics.bytes.Add(static_cast<double>(cost));
}

void CacheShard::Remove(std::uint64_t hash, const CacheKey& key, std::vector<CacheValue>& garbage) {
  std::uint32_t& removals = StripeOf(hash);
  removals = std::max<std::uint32_t>(removals + 1, 1);
  if (const Place place = Find(hash, key); place != kNone) Free(place, garbage);
}

void CacheShard::MakeRoom(std::size_t bytes, std::vector<CacheValue>& garbage) {
  while (oldest_ != kNone && bytes_ + bytes > max_bytes_) {
    At(oldest_).metrics->evictions.Add();
    Free(oldest_, garbage);
    ++evictions_;
  }
}

CacheShard::Place CacheShard::Take() {
  if (first_free_ != kNone) return std::exchange(first_free_, At(first_free_).older);
  if (used_ % kChunk == 0) chunks_.push_back(std::make_unique<Node[]>(kChunk));
  return static_cast<Place>(used_++);
}

void CacheShard::Free(Place place, std::vector<CacheValue>& garbage) {
  Node& node = At(place);
  const std::size_t cost = CostOf(node.value);
  bytes_ -= cost;
  node.metrics->bytes.Add(-static_cast<double>(cost));
  index_.Erase(node.hash, place);
  Unlink(place);
  if (node.value) garbage.push_back(std::move(node.value));
  node = Node{};
  node.older = std::exchange(first_free_, place);
}

void CacheShard::Link(Place place) {
  Node& node = At(place);
  node.newer = kNone;
  node.older = newest_;
  (newest_ == kNone ? oldest_ : At(newest_).newer) = place;
  newest_ = place;
  node.used_at = ++uses_;
}

void CacheShard::Unlink(Place place) {
  const Node& node = At(place);
  (node.newer == kNone ? newest_ : At(node.newer).older) = node.older;
  (node.older == kNone ? oldest_ : At(node.older).newer) = node.newer;
}

void CacheShard::Touch(Place place) {
  // What was linked less than n links ago is among the n most recently used.
  if (uses_ - At(place).used_at < index_.size() / 8) return;
  if (place == newest_) return;
  Unlink(place);
  Link(place);
}

// The node, its part of the index, the string and what the allocator adds.
std::size_t CacheShard::CostOf(const CacheValue& value) {
  constexpr std::size_t kNode = sizeof(Node) + 16;
  constexpr std::size_t kShared = sizeof(std::string) + 32;
  if (!value) return kNode;
  const bool inline_text = value->capacity() < sizeof(std::string) / 2;
  return kNode + kShared + (inline_text ? 0 : value->capacity() + 16);
}

CacheState CacheShard::state() const {
  return {.entries = index_.size(),
          .bytes = bytes_,
          .hits = hits_,
          .misses = misses_,
          .evictions = evictions_};
}

}  // namespace freshet::stores
