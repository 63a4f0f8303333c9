#include "stores/log/group_coordinator.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

namespace freshet::stores {
namespace {

using testing::SizeIs;

constexpr std::string_view kGroup = "fanout";

class GroupCoordinatorTest : public testing::Test {
 protected:
  MemberId Join(std::vector<Subscription> topics = {{1, 6}}) {
    return groups_.Join(group_, std::move(topics), std::make_shared<Signal>());
  }
  // Nothing for a member that was expelled.
  std::optional<std::map<PartitionId, Ownership>> Poll(MemberId member) {
    const auto assignment = groups_.PollBegins(group_, member);
    if (!assignment) return std::nullopt;
    groups_.PollEnds(group_, member);
    std::map<PartitionId, Ownership> partitions;
    for (const auto& owned : assignment->partitions) partitions[owned.partition] = owned;
    return partitions;
  }
  Result<> Commit(MemberId member, const Ownership& owned, Offset offset) {
    return groups_.Commit(group_, member, {{owned.partition, owned.epoch, offset}});
  }

  const std::string group_{kGroup};
  FakeClock clock_;
  GroupCoordinator groups_{Duration(30'000), clock_};
};

TEST_F(GroupCoordinatorTest, AMemberThatIsPollingIsNeverExpelled) {
  const auto waiting = Join();
  ASSERT_TRUE(groups_.PollBegins(group_, waiting));
  clock_.Advance(Duration(100'000));
  groups_.Expire();
  groups_.PollEnds(group_, waiting);
  clock_.Advance(Duration(29'999));
  groups_.Expire();
  EXPECT_TRUE(Poll(waiting));
  clock_.Advance(Duration(30'000));
  groups_.Expire();
  EXPECT_FALSE(Poll(waiting));
}

TEST_F(GroupCoordinatorTest, APartitionThatWentAwayAndCameBackStartsAtItsCommittedOffset) {
  const auto first = Join({{1, 1}});
  const auto before = Poll(first)->at({1, 0});
  groups_.Leave(group_, first);
  const auto second = Join({{1, 1}});
  const auto between = Poll(second)->at({1, 0});
  ASSERT_TRUE(Commit(second, between, 5));
  EXPECT_FALSE(Commit(first, before, 7));
  groups_.Leave(group_, second);
  const auto after = Poll(Join({{1, 1}}))->at({1, 0});
  EXPECT_NE(after.epoch, before.epoch);
  EXPECT_EQ(after.start, 5u);
}

TEST_F(GroupCoordinatorTest, OneFencedPositionMakesTheWholeCommitFail) {
  const auto first = Join({{1, 2}});
  const auto held = *Poll(first);
  const auto second = Join({{1, 2}});
  std::vector<CommitPosition> positions;
  for (const auto& [partition, owned] : held) positions.push_back({partition, owned.epoch, 9});
  EXPECT_FALSE(groups_.Commit(group_, first, positions));
  for (const auto member : {first, second}) {
    const auto partitions = *Poll(member);
    for (const auto& [partition, owned] : partitions) EXPECT_EQ(owned.start, 0u);
  }
}

TEST_F(GroupCoordinatorTest, TopicsAreBalancedTogether) {
  const std::vector<Subscription> topics{{1, 3}, {2, 3}, {3, 1}, {4, 1}};
  const auto first = Join(topics), second = Join(topics);
  EXPECT_THAT(*Poll(first), SizeIs(4));
  EXPECT_THAT(*Poll(second), SizeIs(4));
}

TEST_F(GroupCoordinatorTest, AMemberGetsOnlyTopicsThatItAskedFor) {
  const auto posts = Join({{1, 4}}), likes = Join({{2, 4}});
  const auto partitions = *Poll(posts);
  EXPECT_THAT(partitions, SizeIs(4));
  for (const auto& [partition, owned] : partitions) EXPECT_EQ(partition.topic, 1);
  EXPECT_THAT(*Poll(likes), SizeIs(4));
}

TEST_F(GroupCoordinatorTest, MoreMembersThanPartitionsLeaveSomeIdle) {
  std::size_t idle = 0;
  std::vector<MemberId> members;
  for (int i = 0; i < 8; ++i) members.push_back(Join());
  for (const auto member : members) idle += Poll(member)->empty() ? 1 : 0;
  EXPECT_EQ(idle, 2u);
}

// Whatever comes and goes: every partition has one owner, shares differ by at most one, and no
// partition moves between two members of whom neither had to give or take.
TEST_F(GroupCoordinatorTest, AnyHistoryOfJoinsAndLeavesIsEvenAndMovesLittle) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::set<MemberId> members;
  std::map<MemberId, std::map<PartitionId, Ownership>> before;
  for (int step = 0; step < 300; ++step) {
    if (members.empty() || random() % 2 == 0) {
      members.insert(Join({{1, 7}}));
    } else {
      const auto gone = *std::next(members.begin(), static_cast<long>(random() % members.size()));
      groups_.Leave(group_, gone);
      members.erase(gone);
      before.erase(gone);
    }
    std::set<PartitionId> owned;
    std::size_t least = 7, most = 0, kept = 0, could_keep = 0;
    std::map<MemberId, std::map<PartitionId, Ownership>> after;
    for (const auto member : members) {
      after[member] = *Poll(member);
      least = std::min(least, after[member].size());
      most = std::max(most, after[member].size());
      for (const auto& [partition, ownership] : after[member]) {
        EXPECT_TRUE(owned.insert(partition).second) << "two owners";
        const auto old = before[member].find(partition);
        kept += old != before[member].end() && old->second.epoch == ownership.epoch ? 1 : 0;
      }
      could_keep += std::min(before[member].size(), after[member].size());
    }
    if (members.empty()) continue;
    EXPECT_THAT(owned, SizeIs(7));
    EXPECT_LE(most - least, 1u);
    EXPECT_EQ(kept, could_keep);
    before = std::move(after);
  }
}

}  // namespace
}  // namespace freshet::stores
