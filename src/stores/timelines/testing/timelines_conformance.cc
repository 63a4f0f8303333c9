#include "stores/timelines/testing/timelines_conformance.h"

#include <gmock/gmock.h>

#include <array>

#include "base/io_threads.h"

namespace freshet::stores {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Optional;

constexpr auto kHome = TimelineKind::kHome;
const auto kAbsent = Eq(std::nullopt);

TimelineKey Home(std::uint64_t owner) { return {.kind = kHome, .owner = {owner}}; }

TimelineEntry Entry(std::uint64_t post) { return {.post = {post}, .author = {post + 1'000}}; }

std::vector<AccountId> Accounts(std::initializer_list<std::uint64_t> owners) {
  std::vector<AccountId> accounts;
  for (const auto owner : owners) accounts.push_back({owner});
  return accounts;
}

}  // namespace

std::size_t TimelinesConformance::Push(std::uint64_t post,
                                       std::initializer_list<std::uint64_t> owners) {
  return RunBlocking(timelines_->Push(kHome, Accounts(owners), Entry(post), Deadline::Never()))
      .value();
}

void TimelinesConformance::Remove(std::uint64_t post, std::initializer_list<std::uint64_t> owners) {
  RunBlocking(timelines_->Remove(kHome, Accounts(owners), {post}, Deadline::Never())).value();
}

void TimelinesConformance::Drop(std::uint64_t owner) {
  RunBlocking(timelines_->Drop(std::array{Home(owner)}, Deadline::Never())).value();
}

RebuildToken TimelinesConformance::Begin(std::uint64_t owner) {
  return RunBlocking(timelines_->BeginRebuild(Home(owner), Deadline::Never())).value();
}

std::string TimelinesConformance::Finish(std::uint64_t owner, RebuildToken token, Posts posts,
                                         std::uint64_t complete_from) {
  TimelineSlice slice{.entries = {}, .complete_from = {complete_from}};
  for (const auto post : posts) slice.entries.push_back(Entry(post));
  const auto outcome = RunBlocking(
      timelines_->FinishRebuild(Home(owner), token, std::move(slice), Deadline::Never()));
  return outcome ? "ok" : std::string(Name(outcome.error().kind()));
}

void TimelinesConformance::Build(std::uint64_t owner, Posts posts, std::uint64_t complete_from) {
  ASSERT_EQ(Finish(owner, Begin(owner), std::move(posts), complete_from), "ok");
}

TimelinesConformance::MaybePosts TimelinesConformance::Page(std::uint64_t owner,
                                                            std::uint64_t before,
                                                            std::size_t limit) {
  const auto slices =
      RunBlocking(timelines_->Read(std::array{Home(owner)}, {before}, limit, Deadline::Never()));
  if (!slices.value().at(0)) return std::nullopt;
  Posts posts;
  for (const auto& entry : (*slices)[0]->entries) {
    EXPECT_EQ(entry, Entry(entry.post.value)) << "the author changed";
    posts.push_back(entry.post.value);
  }
  return posts;
}

std::uint64_t TimelinesConformance::CompleteFrom(std::uint64_t owner) {
  return RunBlocking(timelines_->Read(std::array{Home(owner)}, {}, 0, Deadline::Never()))
      .value()
      .at(0)
      .value()
      .complete_from.value;
}

TEST_P(TimelinesConformance, ATimelineThatNobodyBuiltIsAbsentAndStaysSo) {
  EXPECT_THAT(Read(1), kAbsent);
  EXPECT_EQ(Push(10, {1}), 0U);
  EXPECT_THAT(Read(1), kAbsent);
}

TEST_P(TimelinesConformance, WhatIsPushedIsReadNewestFirst) {
  Build(1, {20, 10});
  Push(30, {1});
  Push(40, {1});
  EXPECT_THAT(Read(1), Optional(ElementsAre(40, 30, 20, 10)));
  EXPECT_EQ(CompleteFrom(1), 0U);
}

TEST_P(TimelinesConformance, PushCountsTheTimelinesThatTookTheEntryOrHadIt) {
  Build(1);
  Build(2, {10});
  EXPECT_EQ(Push(10, {1, 2, 3}), 2U);
}

TEST_P(TimelinesConformance, AnEntryIsThereOnceHoweverOftenItIsPushed) {
  Build(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Push(10, {1}), 1U);
    EXPECT_EQ(Push(20, {1}), 1U);
  }
  EXPECT_THAT(Read(1), Optional(ElementsAre(20, 10)));
}

TEST_P(TimelinesConformance, EntriesThatComeLateFindTheirPlace) {
  Build(1);
  for (const std::uint64_t post : {30, 10, 50, 20, 40}) Push(post, {1});
  EXPECT_THAT(Read(1), Optional(ElementsAre(50, 40, 30, 20, 10)));
}

TEST_P(TimelinesConformance, AFullTimelineLosesItsOldestAndIsCompleteFromThereOn) {
  Build(1);
  for (std::uint64_t post = 10; post <= 80; post += 10) Push(post, {1});
  EXPECT_THAT(Read(1), Optional(ElementsAre(80, 70, 60, 50, 40)));
  EXPECT_THAT(CompleteFrom(1), AllOf(Gt(30U), Le(40U)));
}

TEST_P(TimelinesConformance, AFullTimelineDoesNotTakeWhatIsOlderThanAllItHolds) {
  Build(1, {60, 50, 40, 30, 20});
  EXPECT_EQ(Push(10, {1}), 0U);
  EXPECT_THAT(Read(1), Optional(ElementsAre(60, 50, 40, 30, 20)));
  EXPECT_THAT(CompleteFrom(1), AllOf(Gt(10U), Le(20U)));
}

TEST_P(TimelinesConformance, ALateEntryPushesTheOldestOutOfAFullTimeline) {
  Build(1, {60, 50, 40, 30, 20});
  EXPECT_EQ(Push(45, {1}), 1U);
  EXPECT_THAT(Read(1), Optional(ElementsAre(60, 50, 45, 40, 30)));
  EXPECT_THAT(CompleteFrom(1), AllOf(Gt(20U), Le(30U)));
}

TEST_P(TimelinesConformance, AnEntryBelowTheCompleteRangeStaysOut) {
  Build(1, {50, 40}, 35);
  EXPECT_EQ(Push(34, {1}), 0U);
  EXPECT_EQ(Push(35, {1}), 1U);
  EXPECT_THAT(Read(1), Optional(ElementsAre(50, 40, 35)));
  EXPECT_EQ(CompleteFrom(1), 35U);
}

TEST_P(TimelinesConformance, AnEmptyTimelineKnowsFromWhereItIsComplete) {
  Build(1, {}, 35);
  EXPECT_THAT(Read(1), Optional(IsEmpty()));
  EXPECT_EQ(CompleteFrom(1), 35U);
  EXPECT_EQ(Push(30, {1}), 0U);
}

TEST_P(TimelinesConformance, PagesContinueBelowTheLastEntryOfThePageBefore) {
  Build(1, {50, 40, 30, 20, 10});
  EXPECT_THAT(Page(1, 0, 2), Optional(ElementsAre(50, 40)));
  EXPECT_THAT(Page(1, 40, 2), Optional(ElementsAre(30, 20)));
  EXPECT_THAT(Page(1, 20, 2), Optional(ElementsAre(10)));
  EXPECT_THAT(Page(1, 10, 2), Optional(IsEmpty()));
  EXPECT_THAT(Page(1, 35, 1), Optional(ElementsAre(30)));
  EXPECT_THAT(Page(1, 0, 0), Optional(IsEmpty()));
}

TEST_P(TimelinesConformance, ManyAreReadAtOnceInTheOrderAsked) {
  std::vector<TimelineKey> keys;
  for (std::uint64_t owner = 1; owner <= 5'000; ++owner) {
    keys.push_back(Home(owner));
    if (owner % 50 == 0) Build(owner, {owner});
  }
  const auto slices = RunBlocking(timelines_->Read(keys, {}, 10, Deadline::Never())).value();
  ASSERT_EQ(slices.size(), keys.size());
  for (std::size_t i = 0; i < slices.size(); ++i) {
    ASSERT_EQ(slices[i].has_value(), (i + 1) % 50 == 0) << i;
    if (slices[i]) EXPECT_THAT(slices[i]->entries, ElementsAre(Entry(i + 1)));
  }
}

TEST_P(TimelinesConformance, OnePushReachesThousands) {
  std::vector<AccountId> owners;
  for (std::uint64_t owner = 1; owner <= 5'000; ++owner) {
    owners.push_back({owner});
    if (owner % 50 == 0) Build(owner);
  }
  EXPECT_EQ(RunBlocking(timelines_->Push(kHome, owners, Entry(7), Deadline::Never())), 100U);
  EXPECT_THAT(Read(50), Optional(ElementsAre(7)));
  EXPECT_THAT(Read(5'000), Optional(ElementsAre(7)));
}

TEST_P(TimelinesConformance, AnOwnerNamedTwiceInABatchGetsTheEntryOnce) {
  Build(1);
  Push(10, {1, 1});
  EXPECT_THAT(Read(1), Optional(ElementsAre(10)));
}

TEST_P(TimelinesConformance, AnOwnersHomeAndOwnPostsAreApart) {
  Build(1);
  const std::array owner{AccountId{1}};
  EXPECT_EQ(
      RunBlocking(timelines_->Push(TimelineKind::kAuthor, owner, Entry(10), Deadline::Never())),
      0U);
  EXPECT_THAT(Read(1), Optional(IsEmpty()));
}

TEST_P(TimelinesConformance, WhatIsPushedDuringARebuildIsKept) {
  const auto token = Begin(1);
  EXPECT_EQ(Push(30, {1}), 1U);
  EXPECT_EQ(Push(15, {1}), 1U);
  EXPECT_THAT(Read(1), kAbsent);
  EXPECT_EQ(Finish(1, token, {20, 10}), "ok");
  EXPECT_THAT(Read(1), Optional(ElementsAre(30, 20, 15, 10)));
}

TEST_P(TimelinesConformance, ARebuildThatTheSourceAndAPushBothToldOfHoldsItOnce) {
  const auto token = Begin(1);
  Push(20, {1});
  EXPECT_EQ(Finish(1, token, {20, 10}), "ok");
  EXPECT_THAT(Read(1), Optional(ElementsAre(20, 10)));
}

TEST_P(TimelinesConformance, ARebuildFromMoreThanFitsKeepsTheNewest) {
  Build(1, {70, 60, 50, 40, 30, 20, 10});
  EXPECT_THAT(Read(1), Optional(ElementsAre(70, 60, 50, 40, 30)));
  EXPECT_THAT(CompleteFrom(1), AllOf(Gt(20U), Le(30U)));
}

TEST_P(TimelinesConformance, ManyPushesDuringARebuildLeaveTheNewest) {
  const auto token = Begin(1);
  for (std::uint64_t post = 100; post < 400; ++post) Push(post, {1});
  EXPECT_EQ(Finish(1, token, {20, 10}), "ok");
  EXPECT_THAT(Read(1), Optional(ElementsAre(399, 398, 397, 396, 395)));
  EXPECT_THAT(CompleteFrom(1), AllOf(Gt(394U), Le(395U)));
}

TEST_P(TimelinesConformance, ADropBreaksTheRebuildsUnderWay) {
  const auto token = Begin(1);
  Drop(1);
  EXPECT_EQ(Finish(1, token, {10}), "conflict");
  EXPECT_THAT(Read(1), kAbsent);
  Build(1, {20});
  EXPECT_THAT(Read(1), Optional(ElementsAre(20)));
}

TEST_P(TimelinesConformance, ARebuildBegunAfterADropIsNotBroken) {
  const auto before = Begin(1);
  Drop(1);
  const auto after = Begin(1);
  EXPECT_EQ(Finish(1, before, {10}), "conflict");
  EXPECT_EQ(Finish(1, after, {20}), "ok");
  EXPECT_THAT(Read(1), Optional(ElementsAre(20)));
}

TEST_P(TimelinesConformance, OfSeveralBuildersTheFirstToFinishWins) {
  const auto slow = Begin(1);
  const auto fast = Begin(1);
  EXPECT_EQ(Finish(1, fast, {20, 10}), "ok");
  Push(30, {1});
  EXPECT_EQ(Finish(1, slow, {10}), "ok");
  EXPECT_THAT(Read(1), Optional(ElementsAre(30, 20, 10)));
}

TEST_P(TimelinesConformance, APresentTimelineIsReplacedByARebuild) {
  Build(1, {30, 20});
  Build(1, {40, 20});
  EXPECT_THAT(Read(1), Optional(ElementsAre(40, 20)));
}

TEST_P(TimelinesConformance, ARebuildIsFinishedOnce) {
  const auto token = Begin(1);
  EXPECT_EQ(Finish(1, token, {10}), "ok");
  Drop(1);
  EXPECT_EQ(Finish(1, token, {10}), "conflict");
  EXPECT_THAT(Read(1), kAbsent);
}

TEST_P(TimelinesConformance, APostIsTakenOutHoweverOftenThatIsAsked) {
  Build(1, {30, 20, 10});
  for (int i = 0; i < 2; ++i) Remove(20, {1, 2});
  EXPECT_THAT(Read(1), Optional(ElementsAre(30, 10)));
  EXPECT_EQ(CompleteFrom(1), 0U);
}

TEST_P(TimelinesConformance, TakingPostsOutOfAFullTimelineDoesNotWidenItsRange) {
  Build(1);
  for (std::uint64_t post = 10; post <= 70; post += 10) Push(post, {1});
  const auto complete_from = CompleteFrom(1);
  Remove(30, {1});
  Remove(70, {1});
  EXPECT_THAT(Read(1), Optional(ElementsAre(60, 50, 40)));
  EXPECT_GE(CompleteFrom(1), complete_from);
  EXPECT_EQ(Push(10, {1}), 0U);
  EXPECT_EQ(Push(65, {1}), 1U);
  EXPECT_THAT(Read(1), Optional(ElementsAre(65, 60, 50, 40)));
}

TEST_P(TimelinesConformance, APostRemovedDuringARebuildStaysOutAlthoughTheSourceStillHadIt) {
  const auto token = Begin(1);
  Push(30, {1});
  Remove(30, {1});
  Remove(20, {1});
  EXPECT_EQ(Finish(1, token, {30, 20, 10}), "ok");
  EXPECT_THAT(Read(1), Optional(ElementsAre(10)));
}

TEST_P(TimelinesConformance, ATimelineThatNobodyReadsForItsTimeToLiveIsForgotten) {
  if (!GetParam().ages_by_clock) GTEST_SKIP() << "it ages by its own clock";
  Build(1, {10});
  Build(2, {10});
  clock_.Advance(TimelinesAdapter::kTtl / 2);
  EXPECT_THAT(Read(1), Optional(ElementsAre(10)));
  Push(20, {1, 2});
  clock_.Advance(TimelinesAdapter::kTtl / 2);
  EXPECT_THAT(Read(1), Optional(ElementsAre(20, 10)));
  EXPECT_THAT(Read(2), kAbsent);
  EXPECT_EQ(Push(30, {2}), 0U);
}

TEST_P(TimelinesConformance, AnAbandonedRebuildIsGivenUp) {
  if (!GetParam().ages_by_clock) GTEST_SKIP() << "it ages by its own clock";
  const auto token = Begin(1);
  clock_.Advance(TimelinesAdapter::kRebuildTimeout);
  EXPECT_EQ(Push(20, {1}), 0U);
  EXPECT_EQ(Finish(1, token, {10}), "conflict");
  EXPECT_THAT(Read(1), kAbsent);
}

TEST_P(TimelinesConformance, DescribeCountsTimelinesAndEntries) {
  Build(1, {20, 10});
  Build(2);
  Push(30, {1, 2});
  const auto state = RunBlocking(timelines_->Describe(Deadline::Never())).value();
  EXPECT_EQ(state.timelines, 2U);
  EXPECT_EQ(state.entries, 4U);
  EXPECT_GT(state.bytes, 0U);
}

TEST_P(TimelinesConformance, NothingIsDoneAfterTheDeadline) {
  Build(1);
  const std::array owner{AccountId{1}};
  const auto kind_of = [](const auto& outcome) { return outcome.error().kind(); };
  EXPECT_EQ(kind_of(RunBlocking(timelines_->Push(kHome, owner, Entry(10), Passed()))),
            ErrorKind::kDeadline);
  EXPECT_EQ(kind_of(RunBlocking(timelines_->Drop(std::array{Home(1)}, Passed()))),
            ErrorKind::kDeadline);
  EXPECT_EQ(kind_of(RunBlocking(timelines_->Read(std::array{Home(1)}, {}, 1, Passed()))),
            ErrorKind::kDeadline);
  EXPECT_EQ(kind_of(RunBlocking(timelines_->BeginRebuild(Home(1), Passed()))),
            ErrorKind::kDeadline);
  EXPECT_THAT(Read(1), Optional(IsEmpty()));
}

}  // namespace freshet::stores
