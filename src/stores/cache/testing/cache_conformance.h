// The tests that every adapter of the Cache port passes. An adapter's test lists
// cache_conformance.cc among its sources and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, CacheConformance, testing::Values(CacheAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "stores/cache/cache.h"

namespace freshet::stores {

struct CacheAdapter {
  // Empty, with room for this many bytes.
  std::function<std::unique_ptr<Cache>(std::size_t max_bytes, const Clock&, Metrics&)> make;
  // Whether it ages by the given clock; an engine of its own ages by its own.
  bool ages_by_clock = true;
  // Whether `max_bytes` is its to decide, and the order of leaving exactly that of use.
  bool evicts_least_recently_used = true;
};

class CacheConformance : public testing::TestWithParam<CacheAdapter> {
 protected:
  static constexpr CacheSpace kPosts{.number = 1, .name = "post"};
  static constexpr CacheSpace kPeople{.number = 2, .name = "person"};

  void SetUp() override { Open(std::size_t{1} << 24); }
  void Open(std::size_t max_bytes) { cache_ = GetParam().make(max_bytes, clock_, metrics_); }

  // "miss", "none" (known not to exist), or the value.
  std::string Get(std::uint64_t id, CacheSpace space = kPosts);
  CacheLookup Look(std::uint64_t id, CacheSpace space = kPosts);
  // The lease of a miss.
  CacheLease Miss(std::uint64_t id);
  void Fill(std::uint64_t id, CacheLease lease, const std::string& value,
            Duration ttl = Duration(60'000));
  // Misses, then fills.
  void Store(std::uint64_t id, const std::string& value, Duration ttl = Duration(60'000));
  void Remove(std::uint64_t id, CacheSpace space = kPosts);

  FakeClock clock_;
  Metrics metrics_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace freshet::stores
