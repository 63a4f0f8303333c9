#include "stores/counters/member_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace freshet::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<std::uint64_t> All(const MemberSet& set, std::uint64_t from = 0) {
  std::vector<std::uint64_t> ids;
  set.ForEachFrom(from, [&](std::uint64_t id) {
    ids.push_back(id);
    return true;
  });
  return ids;
}

TEST(MemberSetTest, HoldsEachIdOnce) {
  MemberSet set;
  EXPECT_TRUE(set.Insert(5));
  EXPECT_FALSE(set.Insert(5));
  EXPECT_TRUE(set.Insert(3));
  EXPECT_THAT(All(set), ElementsAre(3, 5));
  EXPECT_TRUE(set.Erase(5));
  EXPECT_FALSE(set.Erase(5));
  EXPECT_TRUE(set.Erase(3));
  EXPECT_THAT(All(set), IsEmpty());
  EXPECT_EQ(set.size(), 0U);
}

TEST(MemberSetTest, TheEndsOfTheRangeAreIdsLikeOthers) {
  MemberSet set;
  EXPECT_FALSE(set.Contains(0));
  EXPECT_TRUE(set.Insert(0));
  EXPECT_TRUE(set.Insert(~0ULL));
  EXPECT_THAT(All(set), ElementsAre(0, ~0ULL));
  EXPECT_THAT(All(set, 1), ElementsAre(~0ULL));
}

TEST(MemberSetTest, OneMemberNeedsNoMemoryOfItsOwn) {
  MemberSet set;
  set.Insert(7);
  EXPECT_EQ(set.bytes(), 0U);
  EXPECT_EQ(sizeof(set), 16U);
}

TEST(MemberSetTest, LargeSetsAreCompact) {
  MemberSet set;
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) set.Insert(random());
  EXPECT_LT(static_cast<double>(set.bytes()) / 100'000, 11);
}

TEST(MemberSetTest, MovingLeavesNothingBehind) {
  MemberSet set, other;
  for (std::uint64_t id = 1; id <= 2'000; ++id) set.Insert(id);
  other.Insert(9);
  other = std::move(set);
  EXPECT_EQ(other.size(), 2'000U);
  const MemberSet third(std::move(other));
  EXPECT_EQ(third.size(), 2'000U);
  EXPECT_TRUE(third.Contains(2'000));
}

// Grows past every change of form and shrinks again, twice.
TEST(MemberSetTest, BehavesLikeAStandardSet) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  MemberSet set;
  std::set<std::uint64_t> model;
  for (int phase = 0; phase < 4; ++phase) {
    const bool growing = phase % 2 == 0;
    for (int i = 0; i < 12'000; ++i) {
      const std::uint64_t id = random() % 5'000;
      if (random() % 10 < (growing ? 8U : 1U)) {
        ASSERT_EQ(set.Insert(id), model.insert(id).second);
      } else {
        ASSERT_EQ(set.Erase(id), model.erase(id) > 0);
      }
      const std::uint64_t other = random() % 5'000;
      ASSERT_EQ(set.Contains(other), model.contains(other));
      ASSERT_EQ(set.size(), model.size());
      if (i % 500 == 0) {
        ASSERT_THAT(All(set, other), ElementsAreArray(model.lower_bound(other), model.end()));
      }
    }
    for (int i = 0; !growing && i < 5'000; ++i) {
      const auto id = static_cast<std::uint64_t>(i);
      ASSERT_EQ(set.Erase(id), model.erase(id) > 0);
    }
  }
}

}  // namespace
}  // namespace freshet::stores
