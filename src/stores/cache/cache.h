// The port to the cache of rendered and derived things: anything in it can be made again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::stores {

// What is cached under a family of keys. Declared once by the service that owns it; numbers are
// unique in the program.
struct CacheSpace {
  std::uint16_t number = 0;
  std::string_view name;  // "post": metrics, and the key's prefix on Redis
};

struct CacheKey {
  CacheSpace space;
  std::uint64_t id = 0;

  bool operator==(const CacheKey& other) const {
    return space.number == other.space.number && id == other.id;
  }
};

// Immutable bytes that the cache and its readers share. Null: known not to exist (a negative
// entry).
using CacheValue = std::shared_ptr<const std::string>;

// The right to fill a key after a miss. A Remove in between breaks it, so that a slow loader never
// puts back what was just changed (leases: Nishtala et al., Scaling Memcache at Facebook, NSDI
// 2013, section 3.2.1).
struct CacheLease {
  std::uint64_t value = 0;
};

struct CacheLookup {
  bool hit = false;  // with a null value: known not to exist
  CacheValue value;
  CacheLease lease;  // after a miss
};

struct CacheEntry {
  CacheKey key;
  CacheValue value;
  Duration ttl{0};
  CacheLease lease;
};

struct CacheState {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;
};

// Bounded by bytes; the least recently used entries leave first. Thread-safe. An error means a miss
// to the caller who can go on.
class Cache {
 public:
  virtual ~Cache() = default;

  // In the order of `keys`. Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<CacheLookup>>> Get(std::span<const CacheKey> keys,
                                                          Deadline deadline) = 0;

  // Stores each entry whose lease still holds, for its ttl; the others are silently left out.
  // Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<>> Put(std::vector<CacheEntry> entries, Deadline deadline) = 0;

  // After it returns no Get finds an older value, and no lease given before can fill the key.
  virtual Awaitable<Result<>> Remove(std::span<const CacheKey> keys, Deadline deadline) = 0;

  virtual Awaitable<Result<CacheState>> Describe(Deadline deadline) = 0;
};

}  // namespace freshet::stores

template <>
struct std::hash<freshet::stores::CacheKey> {
  std::size_t operator()(const freshet::stores::CacheKey& key) const noexcept {
    return freshet::MixBits(key.id ^ (std::uint64_t{key.space.number} << 48));
  }
};
