#include "base/flat_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

#include "base/id.h"

namespace freshet {
namespace {

using ::testing::ElementsAre;

TEST(FlatIndexTest, FindsNothingInAnEmptyOne) {
  FlatIndex index;
  EXPECT_EQ(index.First(1), FlatIndex::kNone);
  index.Prefetch(1);
}

TEST(FlatIndexTest, TellsValuesOfOneHashApart) {
  FlatIndex index;
  for (std::uint32_t value = 0; value < 5; ++value) index.Insert(7, value);
  for (std::uint32_t value = 0; value < 5; ++value) {
    EXPECT_EQ(index.Find(7, [&](std::uint32_t v) { return v == value; }), value);
  }
  index.Erase(7, 2);
  EXPECT_EQ(index.Find(7, [](std::uint32_t v) { return v == 2; }), FlatIndex::kNone);
  EXPECT_EQ(index.Find(7, [](std::uint32_t v) { return v == 4; }), 4U);
}

// Few different hashes, so that runs are long, wrap around and mix homes.
TEST(FlatIndexTest, RandomUseAgreesWithAMap) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    FlatIndex index;
    std::unordered_map<std::uint32_t, std::uint32_t> hash_of;  // by value
    std::uint32_t next = 0;
    for (int step = 0; step < 5'000; ++step) {
      const bool growing = step % 1'000 < 600;
      if (random() % 10 < (growing ? 7U : 2U)) {
        const auto hash = static_cast<std::uint32_t>(random() % 64 + (random() % 2) * 0xffff'ffc0U);
        index.Insert(hash, next);
        hash_of[next++] = hash;
      } else if (!hash_of.empty()) {
        const auto victim = *hash_of.begin();
        index.Erase(victim.second, victim.first);
        hash_of.erase(victim.first);
      }
      ASSERT_EQ(index.size(), hash_of.size());
    }
    for (std::uint32_t value = 0; value < next; ++value) {
      const auto known = hash_of.find(value);
      const std::uint32_t hash = known == hash_of.end() ? value % 64 : known->second;
      const auto found = index.Find(hash, [&](std::uint32_t v) { return v == value; });
      ASSERT_EQ(found, known == hash_of.end() ? FlatIndex::kNone : value);
    }
  }
}

TEST(FlatIndexTest, AnEmptiedOneGivesItsMemoryBack) {
  FlatIndex index;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    index.Insert(static_cast<std::uint32_t>(MixBits(i)), i);
  }
  const std::size_t full = index.bytes();
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    index.Erase(static_cast<std::uint32_t>(MixBits(i)), i);
  }
  EXPECT_LT(index.bytes(), full / 1'000);
}

TEST(ShardBatchTest, EveryKeyIsVisitedOnceInItsShard) {
  for (const int bits : {0, 1, 6, ShardBatch::kMaxBits}) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, ShardBatch::kMost}) {
      const ShardBatch batch(count, bits, [](std::size_t i) { return MixBits(i); });
      std::vector<int> visits(count);
      batch.ForEachShard(3, [&](std::size_t shard, auto hashes, auto positions) {
        ASSERT_EQ(hashes.size(), positions.size());
        for (std::size_t i = 0; i < hashes.size(); ++i) {
          EXPECT_EQ(ShardOf(hashes[i], bits), shard);
          EXPECT_EQ(hashes[i], MixBits(positions[i]));
          ++visits[positions[i]];
        }
      });
      EXPECT_EQ(batch.size(), count);
      EXPECT_THAT(visits, testing::Each(1));
    }
  }
}

TEST(ShardBatchTest, ShardsAreVisitedRoundFromTheFirst) {
  const ShardBatch batch(4, 2, [](std::size_t i) { return std::uint64_t{3 - i} << 62; });
  std::vector<std::size_t> order;
  batch.ForEachShard(6, [&](std::size_t shard, auto, auto) { order.push_back(shard); });
  EXPECT_THAT(order, ElementsAre(2, 3, 0, 1));
}

}  // namespace
}  // namespace freshet
