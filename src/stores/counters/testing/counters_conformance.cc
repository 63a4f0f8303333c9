#include "stores/counters/testing/counters_conformance.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <thread>

#include "base/io_threads.h"
#include "stores/counters/testing/plain_counters.h"

namespace freshet::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr CounterSpace kLikes{1, "post_likes"};
constexpr CounterSpace kViews{2, "post_views"};
constexpr CounterKey kPost{kLikes, 7'214'501'938'012'160};
constexpr CounterKey kOtherPost{kLikes, 7'214'501'938'012'161};
constexpr CounterKey kPostViews{kViews, 7'214'501'938'012'160};

std::pair<bool, std::int64_t> Pair(const MembershipChange& change) {
  return {change.changed, change.count};
}

}  // namespace

CountersConformance::Outcome CountersConformance::Add(CounterKey set, std::uint64_t member) {
  const auto changes =
      RunBlocking(counters().AddMembers({{set, AccountId{member}}}, Deadline::Never()));
  EXPECT_TRUE(changes) << changes.error().ToString();
  return changes ? Outcome(Pair(changes->front())) : std::nullopt;
}

CountersConformance::Outcome CountersConformance::Remove(CounterKey set, std::uint64_t member) {
  const auto changes =
      RunBlocking(counters().RemoveMembers({{set, AccountId{member}}}, Deadline::Never()));
  EXPECT_TRUE(changes) << changes.error().ToString();
  return changes ? Outcome(Pair(changes->front())) : std::nullopt;
}

void CountersConformance::Increment(CounterKey counter, std::int64_t by) {
  const auto outcome = RunBlocking(counters().Increment({{counter, by}}, Deadline::Never()));
  EXPECT_TRUE(outcome) << outcome.error().ToString();
}

bool CountersConformance::Contains(CounterKey set, std::uint64_t member) {
  return RunBlocking(counters().Contains({{set, AccountId{member}}}, Deadline::Never()))
      .value()
      .front();
}

std::int64_t CountersConformance::Count(CounterKey key) {
  return RunBlocking(counters().Count({key}, Deadline::Never())).value().front();
}

std::vector<std::uint64_t> CountersConformance::Members(CounterKey set, std::uint64_t after,
                                                        std::size_t limit) {
  std::vector<std::uint64_t> ids;
  for (const AccountId member :
       RunBlocking(counters().Members(set, AccountId{after}, limit, Deadline::Never())).value()) {
    ids.push_back(member.value);
  }
  return ids;
}

TEST_P(CountersConformance, WhatWasNeverTouchedIsEmpty) {
  EXPECT_EQ(Count(kPost), 0);
  EXPECT_FALSE(Contains(kPost, 1));
  EXPECT_THAT(Members(kPost), IsEmpty());
}

TEST_P(CountersConformance, ALikeIsCountedOnceHoweverOftenItIsSent) {
  EXPECT_EQ(Add(kPost, 1), std::pair(true, 1L));
  EXPECT_EQ(Add(kPost, 1), std::pair(false, 1L));
  EXPECT_EQ(Add(kPost, 2), std::pair(true, 2L));
  EXPECT_EQ(Count(kPost), 2);
  EXPECT_TRUE(Contains(kPost, 1));
  EXPECT_FALSE(Contains(kPost, 3));
}

TEST_P(CountersConformance, ARemovalIsCountedOnceToo) {
  Add(kPost, 1);
  Add(kPost, 2);
  EXPECT_EQ(Remove(kPost, 1), std::pair(true, 1L));
  EXPECT_EQ(Remove(kPost, 1), std::pair(false, 1L));
  EXPECT_EQ(Remove(kPost, 9), std::pair(false, 1L));
  EXPECT_EQ(Remove(kOtherPost, 1), std::pair(false, 0L));
  EXPECT_EQ(Remove(kPost, 2), std::pair(true, 0L));
  EXPECT_EQ(Add(kPost, 1), std::pair(true, 1L));
}

TEST_P(CountersConformance, OneLookTellsCountsAndMemberships) {
  Add(kPost, 1);
  Add(kPost, 2);
  Add(kOtherPost, 2);
  const auto look = [&](AccountId member) {
    return RunBlocking(counters().Look({kOtherPost, kPost, kPostViews, kOtherPost}, member,
                                       Deadline::Never()))
        .value();
  };
  EXPECT_THAT(look(AccountId{1}), ElementsAre(SetLook{1, false}, SetLook{2, true},
                                              SetLook{0, false}, SetLook{1, false}));
  EXPECT_THAT(look(AccountId{2}),
              ElementsAre(SetLook{1, true}, SetLook{2, true}, SetLook{0, false}, SetLook{1, true}));
  EXPECT_THAT(look(AccountId{}), ElementsAre(SetLook{1, false}, SetLook{2, false},
                                             SetLook{0, false}, SetLook{1, false}));
}

TEST_P(CountersConformance, CountersAreApart) {
  Add(kPost, 1);
  Add(kOtherPost, 2);
  Increment(kPostViews, 5);
  EXPECT_EQ(Count(kPost), 1);
  EXPECT_EQ(Count(kOtherPost), 1);
  EXPECT_EQ(Count(kPostViews), 5);
  EXPECT_FALSE(Contains(kOtherPost, 1));
}

TEST_P(CountersConformance, SumsGoUpAndDown) {
  Increment(kPostViews, 5);
  Increment(kPostViews, -7);
  EXPECT_EQ(Count(kPostViews), -2);
  Increment(kPostViews, 0);
  EXPECT_EQ(Count(kPostViews), -2);
  Increment(kPostViews, 1LL << 40);
  EXPECT_EQ(Count(kPostViews), (1LL << 40) - 2);
}

TEST_P(CountersConformance, OneCallAnswersInItsOrder) {
  const AccountId ana{1}, ben{2};
  const auto added = RunBlocking(counters().AddMembers(
      {{kPost, ana}, {kOtherPost, ana}, {kPost, ben}, {kPost, ana}}, Deadline::Never()));
  ASSERT_TRUE(added);
  std::vector<std::pair<bool, std::int64_t>> outcomes;
  for (const auto& change : *added) outcomes.push_back(Pair(change));
  EXPECT_THAT(outcomes, ElementsAre(std::pair(true, 1), std::pair(true, 1), std::pair(true, 2),
                                    std::pair(false, 2)));
  const auto contained = RunBlocking(counters().Contains(
      {{kOtherPost, ben}, {kPost, ben}, {kPost, AccountId{3}}}, Deadline::Never()));
  EXPECT_THAT(contained.value(), ElementsAre(false, true, false));
  const auto counts =
      RunBlocking(counters().Count({kOtherPost, kPostViews, kPost}, Deadline::Never()));
  EXPECT_THAT(counts.value(), ElementsAre(1, 0, 2));
}

TEST_P(CountersConformance, OneCallMayNameACounterOften) {
  ASSERT_TRUE(RunBlocking(counters().Increment(
      {{kPostViews, 1}, {kPostViews, 2}, {{kViews, 8}, 5}, {kPostViews, 3}}, Deadline::Never())));
  EXPECT_EQ(Count(kPostViews), 6);
  EXPECT_EQ(Count({kViews, 8}), 5);
}

TEST_P(CountersConformance, NothingToDoIsDone) {
  EXPECT_THAT(RunBlocking(counters().AddMembers({}, Deadline::Never())).value(), IsEmpty());
  EXPECT_THAT(RunBlocking(counters().Contains({}, Deadline::Never())).value(), IsEmpty());
  EXPECT_TRUE(RunBlocking(counters().Increment({}, Deadline::Never())));
}

TEST_P(CountersConformance, MembersArePagedByTheirIds) {
  for (const std::uint64_t member : {5, 3, 9, 1, 7}) Add(kPost, member);
  EXPECT_THAT(Members(kPost), ElementsAre(1, 3, 5, 7, 9));
  EXPECT_THAT(Members(kPost, 0, 2), ElementsAre(1, 3));
  EXPECT_THAT(Members(kPost, 3, 2), ElementsAre(5, 7));
  EXPECT_THAT(Members(kPost, 4, 2), ElementsAre(5, 7));
  EXPECT_THAT(Members(kPost, 9, 2), IsEmpty());
  EXPECT_THAT(Members(kPost, kMaxIdValue, 2), IsEmpty());
  EXPECT_THAT(Members(kPost, 0, 0), IsEmpty());
}

TEST_P(CountersConformance, LargeSetsAreExact) {
  constexpr std::uint64_t kMembers = 5'000;
  std::vector<Membership> memberships;
  for (std::uint64_t i = 0; i < kMembers; ++i) {
    memberships.push_back({kPost, AccountId{i * 7'919 % 100'003 + 1}});
  }
  const auto added = RunBlocking(counters().AddMembers(memberships, Deadline::Never()));
  ASSERT_TRUE(added);
  EXPECT_EQ(added->back().count, static_cast<std::int64_t>(kMembers));
  const auto members = Members(kPost);
  EXPECT_EQ(members.size(), kMembers);
  EXPECT_TRUE(std::ranges::is_sorted(members));
  memberships.resize(kMembers / 2);
  ASSERT_TRUE(RunBlocking(counters().RemoveMembers(memberships, Deadline::Never())));
  EXPECT_EQ(Count(kPost), static_cast<std::int64_t>(kMembers / 2));
}

TEST_P(CountersConformance, NothingIsDoneAfterTheDeadline) {
  Add(kPost, 1);
  const auto late = Deadline::After(clock_, Duration(0));
  const Membership ana{kPost, AccountId{1}}, ben{kPost, AccountId{2}};
  EXPECT_EQ(RunBlocking(counters().AddMembers({ben}, late)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(counters().RemoveMembers({ana}, late)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(counters().Increment({{kPostViews, 1}}, late)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(counters().Contains({ana}, late)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(counters().Members(kPost, {}, 1, late)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(counters().Count({kPost}, late)).error().kind(), ErrorKind::kDeadline);
  EXPECT_THAT(Members(kPost), ElementsAre(1));
  EXPECT_EQ(Count(kPostViews), 0);
}

TEST_P(CountersConformance, WhatWasAcknowledgedIsThereAfterAReopening) {
  for (std::uint64_t member = 1; member <= 600; ++member) Add(kPost, member);
  Remove(kPost, 300);
  Increment(kPostViews, 12);
  subject_->Reopen();
  EXPECT_EQ(Count(kPost), 599);
  EXPECT_FALSE(Contains(kPost, 300));
  EXPECT_EQ(Count(kPostViews), 12);
  EXPECT_EQ(Add(kPost, 300), std::pair(true, 600L));
  subject_->Reopen();
  EXPECT_EQ(Count(kPost), 600);
}

TEST_P(CountersConformance, ManyThreadsCountExactly) {
  constexpr std::uint64_t kThreads = 4, kEach = 150;
  std::atomic<std::int64_t> added = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t, &added] {
        for (std::uint64_t i = 0; i < kEach; ++i) {
          // Every member is added by two threads.
          const auto outcome = Add(kPost, (t / 2 * kEach + i) + 1);
          added += outcome && outcome->first ? 1 : 0;
          Increment(kPostViews, 1);
          Increment({kViews, i % 10}, 1);
        }
      });
    }
  }
  EXPECT_EQ(added, static_cast<std::int64_t>(kThreads / 2 * kEach));
  EXPECT_EQ(Count(kPost), added);
  EXPECT_EQ(Count(kPostViews), static_cast<std::int64_t>(kThreads * kEach));
  subject_->Reopen();
  EXPECT_EQ(Count(kPost), added);
  EXPECT_EQ(Count(kPostViews), static_cast<std::int64_t>(kThreads * kEach));
}

TEST_P(CountersConformance, BehavesLikeTheModelWhateverHappens) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  PlainCounters model(clock_);
  const auto any_key = [&](CounterSpace space) { return CounterKey{space, random() % 6}; };
  for (int step = 0; step < 400; ++step) {
    std::vector<Membership> memberships;
    std::vector<CounterDelta> deltas;
    for (auto left = random() % 8 + 1; left > 0; --left) {
      memberships.push_back({any_key(kLikes), AccountId{random() % 30 + 1}});
      deltas.push_back({any_key(kViews), static_cast<std::int64_t>(random() % 20) - 10});
    }
    const auto pairs = [](const Result<std::vector<MembershipChange>>& changes) {
      std::vector<std::pair<bool, std::int64_t>> all;
      for (const auto& change : changes.value()) all.push_back(Pair(change));
      return all;
    };
    const auto never = Deadline::Never();
    switch (random() % 5) {
      case 0:
        ASSERT_EQ(pairs(RunBlocking(counters().RemoveMembers(memberships, never))),
                  pairs(RunBlocking(model.RemoveMembers(memberships, never))));
        break;
      case 1:
        ASSERT_TRUE(RunBlocking(counters().Increment(deltas, never)));
        ASSERT_TRUE(RunBlocking(model.Increment(deltas, never)));
        break;
      case 2:
        if (step % 8 == 0) subject_->Reopen();
        break;
      default:
        ASSERT_EQ(pairs(RunBlocking(counters().AddMembers(memberships, never))),
                  pairs(RunBlocking(model.AddMembers(memberships, never))));
    }
    ASSERT_EQ(RunBlocking(counters().Contains(memberships, never)).value(),
              RunBlocking(model.Contains(memberships, never)).value());
    const std::vector<CounterKey> keys{any_key(kLikes), any_key(kViews)};
    ASSERT_EQ(RunBlocking(counters().Count(keys, never)).value(),
              RunBlocking(model.Count(keys, never)).value());
    const AccountId after{random() % 31};
    const std::size_t limit = random() % 12;
    ASSERT_EQ(RunBlocking(counters().Members(keys[0], after, limit, never)).value(),
              RunBlocking(model.Members(keys[0], after, limit, never)).value());
  }
}

}  // namespace freshet::stores
