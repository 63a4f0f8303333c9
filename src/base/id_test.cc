#include "base/id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <unordered_set>
#include <vector>

namespace freshet {
namespace {

std::uint32_t NodeOf(std::uint64_t id) { return (id >> kIdSequenceBits) & 1'023; }

class IdTest : public testing::Test {
 protected:
  FakeClock clock_;
  IdGenerator ids_{clock_, 7};
};

TEST_F(IdTest, CarriesTheTimeAndTheNode) {
  const auto id = ids_.Next();
  EXPECT_EQ(IdTime(id), clock_.Now());
  EXPECT_EQ(NodeOf(id), 7U);
  clock_.Advance(Duration(12'345));
  EXPECT_EQ(IdTime(ids_.Next()), clock_.Now());
}

TEST_F(IdTest, AscendsWithinAMillisecond) {
  std::uint64_t last = 0;
  for (int i = 0; i < 100; ++i) {
    const auto id = ids_.Next();
    ASSERT_GT(id, last);
    last = id;
  }
  EXPECT_EQ(IdTime(last), clock_.Now());
}

TEST_F(IdTest, AscendsWhenTheClockStepsBack) {
  const auto before = ids_.Next();
  clock_.SetNow(clock_.Now() - std::chrono::hours(1));
  const auto after = ids_.Next();
  EXPECT_GT(after, before);
  EXPECT_EQ(IdTime(after), IdTime(before));
}

TEST_F(IdTest, RunsAheadOfTheClockWhenTheSequenceOverflows) {
  std::uint64_t last = ids_.Next();
  const auto start = IdTime(last);
  for (int i = 0; i < 3 * 4'096; ++i) {
    const auto id = ids_.Next();
    ASSERT_GT(id, last);
    ASSERT_EQ(NodeOf(id), 7U);
    last = id;
  }
  EXPECT_EQ(IdTime(last), start + Duration(3));
}

TEST_F(IdTest, IsUniqueAcrossThreads) {
  constexpr int kThreads = 4, kEach = 20'000;
  std::vector<std::vector<std::uint64_t>> taken(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken) {
      threads.emplace_back([&mine, this] {
        for (int i = 0; i < kEach; ++i) mine.push_back(ids_.Next());
      });
    }
  }
  std::unordered_set<std::uint64_t> all;
  for (const auto& mine : taken) {
    EXPECT_TRUE(std::ranges::is_sorted(mine));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), std::size_t{kThreads} * kEach);
}

TEST_F(IdTest, DiffersBetweenNodesAtTheSameMoment) {
  IdGenerator other(clock_, 1'023);
  std::unordered_set<std::uint64_t> all;
  for (int i = 0; i < 5'000; ++i) all.insert({ids_.Next(), other.Next()});
  EXPECT_EQ(all.size(), 10'000U);
}

TEST_F(IdTest, StartsAfterTheNewestStoredId) {
  IdGenerator other(clock_, 900);
  const auto stored = other.Next();
  clock_.SetNow(clock_.Now() - std::chrono::minutes(1));
  ids_.StartAfter(stored);
  EXPECT_GT(ids_.Next(), stored);
  ids_.StartAfter(0);
  EXPECT_GT(ids_.Next(), stored);
}

TEST_F(IdTest, RefusesANodeThatHasNoRoom) {
  EXPECT_THROW(IdGenerator(clock_, 1'024), std::invalid_argument);
}

TEST_F(IdTest, IsNeverZeroOrNegativeEvenBeforeTheEpoch) {
  clock_.SetNow(kIdEpoch - std::chrono::years(5));
  IdGenerator ids(clock_, 0);
  EXPECT_GT(ids.Next(), 0U);
  EXPECT_LE(ids.Next(), kMaxIdValue);
}

TEST_F(IdTest, FirstIdAtBoundsTheMillisecond) {
  const auto id = ids_.Next();
  EXPECT_LE(*FirstIdAt(clock_.Now()), id);
  EXPECT_GT(*FirstIdAt(clock_.Now() + Duration(1)), id);
  EXPECT_EQ(FirstIdAt(kIdEpoch), 0U);
  EXPECT_FALSE(FirstIdAt(kIdEpoch - Duration(1)));
  const auto last = kIdEpoch + Duration((std::int64_t{1} << 41) - 1);
  EXPECT_TRUE(FirstIdAt(last));
  EXPECT_FALSE(FirstIdAt(last + Duration(1)));
}

TEST(ParseIdTest, ReadsPlainDecimals) {
  EXPECT_EQ(ParseId("1"), 1U);
  EXPECT_EQ(ParseId("7214501938012160"), 7'214'501'938'012'160U);
  EXPECT_EQ(ParseId("9223372036854775807"), kMaxIdValue);
}

TEST(ParseIdTest, RefusesEverythingElse) {
  for (const auto* text : {"", "0", "01", "-1", "+1", " 1", "1 ", "1.0", "0x1", "abc", "1a",
                           "9223372036854775808", "99999999999999999999"}) {
    EXPECT_FALSE(ParseId(text)) << text;
  }
}

TEST(TypedIdTest, OrdersAndHashes) {
  EXPECT_LT(AccountId{1}, AccountId{2});
  EXPECT_FALSE(AccountId{});
  EXPECT_EQ(std::hash<AccountId>()(AccountId{5}), std::hash<AccountId>()(AccountId{5}));
  EXPECT_NE(MixBits(1), MixBits(2));
}

}  // namespace
}  // namespace freshet
