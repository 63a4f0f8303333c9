#include "stores/cache/memory_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "base/io_threads.h"
#include "stores/cache/cache_shard.h"
#include "stores/cache/testing/cache_conformance.h"
#include "stores/cache/testing/faulty_cache.h"

namespace freshet::stores {
namespace {

constexpr CacheSpace kPosts{.number = 1, .name = "post"};

CacheAdapter MemoryAdapter(std::int64_t shards) {
  return {.make = [shards](std::size_t max_bytes, const Clock& clock, Metrics& metrics) {
    return std::make_unique<MemoryCache>(
        CacheOptions{.max_bytes = static_cast<std::int64_t>(max_bytes), .shards = shards}, clock,
        metrics);
  }};
}

CacheAdapter WithSixteenShards() {
  CacheAdapter adapter = MemoryAdapter(16);
  adapter.evicts_least_recently_used = false;  // each shard for itself
  return adapter;
}

INSTANTIATE_TEST_SUITE_P(Memory, CacheConformance,
                         testing::Values(MemoryAdapter(1), WithSixteenShards()));

INSTANTIATE_TEST_SUITE_P(
    FaultyMemory, CacheConformance,
    testing::Values(CacheAdapter{
        .make = [](std::size_t max_bytes, const Clock& clock, Metrics& metrics) {
          struct Wrapped final : FaultyCache {
            explicit Wrapped(std::unique_ptr<Cache> inner)
                : FaultyCache(*inner, plan), wrapped(std::move(inner)) {}
            FaultPlan plan;
            std::unique_ptr<Cache> wrapped;
          };
          return std::make_unique<Wrapped>(MemoryAdapter(1).make(max_bytes, clock, metrics));
        }}));

class MemoryCacheTest : public testing::Test {
 protected:
  CacheLookup Look(std::uint64_t id, CacheSpace space = kPosts) {
    const std::array key{CacheKey{space, id}};
    return RunBlocking(cache_.Get(key, Deadline::Never())).value().at(0);
  }
  void Store(std::uint64_t id, CacheValue value, CacheSpace space = kPosts,
             Duration ttl = Duration(60'000)) {
    const CacheLease lease = Look(id, space).lease;
    RunBlocking(
        cache_.Put({{.key = {space, id}, .value = std::move(value), .ttl = ttl, .lease = lease}},
                   Deadline::Never()))
        .value();
  }
  void Remove(std::uint64_t id) {
    const std::array key{CacheKey{kPosts, id}};
    RunBlocking(cache_.Remove(key, Deadline::Never())).value();
  }
  CacheState State() { return RunBlocking(cache_.Describe(Deadline::Never())).value(); }
  double Metric(const std::string& name) {
    return metrics_.GetCounter(name, "", {{"space", "post"}}).Value();
  }

  FakeClock clock_;
  Metrics metrics_;
  MemoryCache cache_{{.max_bytes = 100'000, .shards = 1}, clock_, metrics_};
};

TEST_F(MemoryCacheTest, ReadersShareTheBytesThatWerePut) {
  const auto value = std::make_shared<const std::string>("shared");
  Store(1, value);
  EXPECT_EQ(Look(1).value.get(), value.get());
}

TEST_F(MemoryCacheTest, AReaderKeepsAValueThatHasLeft) {
  Store(1, std::make_shared<const std::string>("kept"));
  const CacheValue value = Look(1).value;
  Remove(1);
  EXPECT_EQ(*value, "kept");
  EXPECT_EQ(value.use_count(), 1);
}

TEST_F(MemoryCacheTest, KeysWhoseHashesAreEqualAreToldApart) {
  // The hash joins the space's number and the id, so that these two meet.
  constexpr CacheSpace kOther{.number = 3, .name = "other"};
  const std::uint64_t id = 5;
  const std::uint64_t twin = id ^ (std::uint64_t{1 ^ 3} << 48);
  ASSERT_EQ(HashOf({kPosts, id}), HashOf({kOther, twin}));
  Store(id, std::make_shared<const std::string>("post"));
  EXPECT_FALSE(Look(twin, kOther).hit);
  Store(twin, std::make_shared<const std::string>("other"), kOther);
  EXPECT_EQ(*Look(id).value, "post");
  EXPECT_EQ(*Look(twin, kOther).value, "other");
}

TEST_F(MemoryCacheTest, AnEntryThatWouldNotFitIsLeftOut) {
  Store(1, std::make_shared<const std::string>("small"));
  Store(2, std::make_shared<const std::string>(200'000, 'x'));
  EXPECT_FALSE(Look(2).hit);
  EXPECT_TRUE(Look(1).hit);
}

TEST_F(MemoryCacheTest, AnEntryWithoutTimeToLiveIsLeftOutAndAnEndlessOneStays) {
  Store(1, nullptr, kPosts, Duration(0));
  EXPECT_FALSE(Look(1).hit);
  Store(2, nullptr, kPosts, Duration::max());
  clock_.Advance(Duration(1'000'000'000'000));
  EXPECT_TRUE(Look(2).hit);
}

TEST_F(MemoryCacheTest, MetricsTellTheSpacesHitsMissesEvictionsAndBytes) {
  Look(1);
  Store(1, std::make_shared<const std::string>(1'000, 'x'));
  Look(1);
  EXPECT_EQ(Metric("freshet_cache_hits_total"), 1);
  EXPECT_EQ(Metric("freshet_cache_misses_total"), 2);
  Gauge bytes = metrics_.GetGauge("freshet_cache_bytes", "", {{"space", "post"}});
  EXPECT_EQ(bytes.Value(), static_cast<double>(State().bytes));
  EXPECT_GT(bytes.Value(), 1'000);
  for (std::uint64_t id = 2; id < 200; ++id) {
    Store(id, std::make_shared<const std::string>(1'000, 'x'));
  }
  EXPECT_EQ(Metric("freshet_cache_evictions_total"), static_cast<double>(State().evictions));
  EXPECT_GT(State().evictions, 50U);
  for (std::uint64_t id = 1; id < 200; ++id) Remove(id);
  EXPECT_EQ(bytes.Value(), 0);
  EXPECT_EQ(State().bytes, 0U);
}

// The source changes, then the key is removed; a cache may forget, but must never say what was
// true before the last removal.
TEST_F(MemoryCacheTest, RandomUseFindsNothingOlderThanTheLastRemoval) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::map<std::uint64_t, int> source;
    struct Loading {
      std::uint64_t id;
      CacheLease lease;
      std::string value;
    };
    std::vector<Loading> loading;
    std::size_t hits = 0;
    for (int step = 0; step < 5'000; ++step) {
      const std::uint64_t id = random() % 50;
      const auto choice = random() % 10;
      if (choice < 5) {
        const CacheLookup lookup = Look(id);
        if (lookup.hit) {
          ++hits;
          ASSERT_EQ(*lookup.value, std::to_string(source[id]));
        } else {
          loading.push_back({id, lookup.lease, std::to_string(source[id])});
        }
      } else if (choice < 8 && !loading.empty()) {
        const auto done = loading.begin() + static_cast<std::ptrdiff_t>(random() % loading.size());
        RunBlocking(cache_.Put({{.key = {kPosts, done->id},
                                 .value = std::make_shared<const std::string>(done->value),
                                 .ttl = Duration(static_cast<std::int64_t>(random() % 1'000)),
                                 .lease = done->lease}},
                               Deadline::Never()))
            .value();
        loading.erase(done);
      } else if (choice == 8) {
        ++source[id];
        Remove(id);
      } else {
        clock_.Advance(Duration(static_cast<std::int64_t>(random() % 20)));
      }
    }
    for (std::uint64_t id = 0; id < 50; ++id) Remove(id);
    EXPECT_GT(hits, 100U);
  }
}

TEST_F(MemoryCacheTest, ThreadsThatUseItAtOnceSeeOnlyWhatBelongsToTheKey) {
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([this, seed] {
      std::mt19937_64 random(seed);
      for (int i = 0; i < 3'000; ++i) {
        const std::uint64_t id = random() % 300;
        if (random() % 16 == 0) Remove(id);
        const CacheLookup lookup = Look(id);
        if (lookup.hit) {
          ASSERT_EQ(lookup.value->substr(0, lookup.value->find(' ')), std::to_string(id));
        } else {
          const std::string text = std::to_string(id) + " " + std::string(random() % 900, 'x');
          RunBlocking(cache_.Put({{.key = {kPosts, id},
                                   .value = std::make_shared<const std::string>(text),
                                   .ttl = Duration(60'000),
                                   .lease = lookup.lease}},
                                 Deadline::Never()))
              .value();
        }
      }
    });
  }
  threads.clear();
  EXPECT_LE(State().bytes, 100'000U);
}

}  // namespace
}  // namespace freshet::stores
