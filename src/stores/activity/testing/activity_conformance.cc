#include "stores/activity/testing/activity_conformance.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <thread>

#include "base/io_threads.h"
#include "stores/activity/testing/memory_activity.h"

namespace freshet::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kKind = ActivityKind::kAuthorPosts;
constexpr auto kOtherKind = static_cast<ActivityKind>(200);
constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();

std::vector<ActivityItem> Items(std::uint64_t owner, const std::vector<std::uint64_t>& ids,
                                const std::string& payload = "") {
  std::vector<ActivityItem> items;
  for (const auto id : ids) items.push_back({{kKind, AccountId{owner}}, {id, payload}});
  return items;
}

void ExpectSuccess(const Result<>& outcome) { EXPECT_TRUE(outcome) << outcome.error().ToString(); }

}  // namespace

void ActivityConformance::Put(std::uint64_t owner, Ids ids, std::string payload) {
  ExpectSuccess(RunBlocking(activity().Put(Items(owner, ids, payload), Deadline::Never())));
}

void ActivityConformance::Remove(std::uint64_t owner, Ids ids) {
  ExpectSuccess(RunBlocking(activity().Remove(Items(owner, ids), Deadline::Never())));
}

void ActivityConformance::Erase(std::initializer_list<std::uint64_t> owners) {
  std::vector<ActivityList> lists;
  for (const auto owner : owners) lists.push_back({kKind, AccountId{owner}});
  ExpectSuccess(RunBlocking(activity().Erase(std::move(lists), Deadline::Never())));
}

ActivityConformance::Ids ActivityConformance::Page(std::uint64_t owner, std::uint64_t before,
                                                   std::size_t limit) {
  const auto page =
      RunBlocking(activity().Page({kKind, AccountId{owner}}, before, limit, Deadline::Never()));
  EXPECT_TRUE(page) << page.error().ToString();
  Ids ids;
  for (const auto& entry : page.value()) ids.push_back(entry.id);
  return ids;
}

std::string ActivityConformance::PayloadOf(std::uint64_t owner, std::uint64_t id) {
  const auto page =
      RunBlocking(activity().Page({kKind, AccountId{owner}}, id + 1, 1, Deadline::Never()));
  return page && !page->empty() && page->front().id == id ? page->front().payload : "none";
}

std::vector<std::string> ActivityConformance::Merge(Ids owners, std::uint64_t before,
                                                    std::size_t limit) {
  std::vector<AccountId> accounts;
  for (const auto owner : owners) accounts.push_back({owner});
  const auto merged =
      RunBlocking(activity().Merge(kKind, std::move(accounts), before, limit, Deadline::Never()));
  EXPECT_TRUE(merged) << merged.error().ToString();
  std::vector<std::string> named;
  for (const auto& item : merged.value()) {
    EXPECT_EQ(item.list.kind, kKind);
    named.push_back(fmt::format("{}:{}", item.list.owner.value, item.entry.id));
  }
  return named;
}

TEST_P(ActivityConformance, AListIsNewestFirstInWhateverOrderItWasPut) {
  Put(1, {5, 2, 9});
  Put(1, {7});
  EXPECT_THAT(List(1), ElementsAre(9, 7, 5, 2));
}

TEST_P(ActivityConformance, AListThatNobodyPutIsEmpty) {
  EXPECT_THAT(List(1), IsEmpty());
  EXPECT_THAT(Merge({1, 2, 3}, 0, 10), IsEmpty());
}

TEST_P(ActivityConformance, ListsAreApart) {
  Put(1, {5});
  Put(2, {6});
  Put(256, {7});
  ExpectSuccess(
      RunBlocking(activity().Put({{{kOtherKind, AccountId{1}}, {8, "other"}}}, Deadline::Never())));
  EXPECT_THAT(List(1), ElementsAre(5));
  EXPECT_THAT(List(2), ElementsAre(6));
  EXPECT_THAT(List(256), ElementsAre(7));
  EXPECT_THAT(Merge({1, 2, 256}, 0, 10), ElementsAre("256:7", "2:6", "1:5"));
}

TEST_P(ActivityConformance, PagesGoOnBelowTheLastIdSeen) {
  Put(1, {1, 2, 3, 4, 5});
  EXPECT_THAT(Page(1, 0, 2), ElementsAre(5, 4));
  EXPECT_THAT(Page(1, 4, 2), ElementsAre(3, 2));
  EXPECT_THAT(Page(1, 2, 2), ElementsAre(1));
  EXPECT_THAT(Page(1, 1, 2), IsEmpty());
  EXPECT_THAT(Page(1, 100, 2), ElementsAre(5, 4));
  EXPECT_THAT(Page(1, 0, 0), IsEmpty());
}

TEST_P(ActivityConformance, TheEndsOfTheRangeOfIdsAreIdsLikeOthers) {
  Put(1, {0, 1, kGreatest - 1, kGreatest});
  EXPECT_THAT(List(1), ElementsAre(kGreatest, kGreatest - 1, 1, 0));
  EXPECT_THAT(Page(1, kGreatest, 1), ElementsAre(kGreatest - 1));
  EXPECT_THAT(Page(1, 1, 5), ElementsAre(0));
  Put(kGreatest, {3});
  Put(0, {4});
  EXPECT_THAT(Merge({kGreatest, 0}, 0, 5), ElementsAre("0:4", fmt::format("{}:3", kGreatest)));
}

TEST_P(ActivityConformance, PuttingAgainReplaces) {
  Put(1, {5}, "first");
  Put(1, {5}, "second");
  EXPECT_THAT(List(1), ElementsAre(5));
  EXPECT_EQ(PayloadOf(1, 5), "second");
}

TEST_P(ActivityConformance, TheLastOfEqualItemsInOneCallCounts) {
  auto items = Items(1, {5}, "first");
  items.push_back({{kKind, AccountId{1}}, {5, "last"}});
  ExpectSuccess(RunBlocking(activity().Put(std::move(items), Deadline::Never())));
  EXPECT_EQ(PayloadOf(1, 5), "last");
}

TEST_P(ActivityConformance, PayloadsAreAnyBytes) {
  const std::string bytes("\0\xff\n\"", 4);
  Put(1, {1}, bytes);
  Put(1, {2}, std::string(100'000, '\xee'));
  Put(1, {3}, "");
  EXPECT_EQ(PayloadOf(1, 1), bytes);
  EXPECT_EQ(PayloadOf(1, 2), std::string(100'000, '\xee'));
  EXPECT_EQ(PayloadOf(1, 3), "");
}

TEST_P(ActivityConformance, RemovesWhatIsThereAndPassesOverTheRest) {
  Put(1, {1, 2, 3});
  Put(2, {2});
  Remove(1, {2, 99});
  Remove(7, {1});
  EXPECT_THAT(List(1), ElementsAre(3, 1));
  EXPECT_THAT(List(2), ElementsAre(2));
  Put(1, {2});
  EXPECT_THAT(List(1), ElementsAre(3, 2, 1));
}

TEST_P(ActivityConformance, ErasesWholeListsAndNoOthers) {
  Put(1, {1, 2});
  Put(2, {1, 2});
  Put(3, {1});
  Erase({1, 3, 4});
  EXPECT_THAT(List(1), IsEmpty());
  EXPECT_THAT(List(2), ElementsAre(2, 1));
  EXPECT_THAT(Merge({1, 2, 3}, 0, 10), ElementsAre("2:2", "2:1"));
  Put(1, {9});
  EXPECT_THAT(List(1), ElementsAre(9));
}

TEST_P(ActivityConformance, ErasesLongLists) {
  Ids ids;
  for (std::uint64_t id = 1; id <= 12'000; ++id) ids.push_back(id);
  Put(1, ids);
  Erase({1});
  EXPECT_THAT(List(1), IsEmpty());
}

TEST_P(ActivityConformance, MergesByIdOverAllOwners) {
  Put(1, {1, 4, 7});
  Put(2, {2, 5, 8});
  Put(3, {3, 6, 9});
  EXPECT_THAT(Merge({1, 2, 3}, 0, 4), ElementsAre("3:9", "2:8", "1:7", "3:6"));
  EXPECT_THAT(Merge({3, 1}, 0, 4), ElementsAre("3:9", "1:7", "3:6", "1:4"));
  EXPECT_THAT(Merge({1, 2, 3}, 6, 4), ElementsAre("2:5", "1:4", "3:3", "2:2"));
  EXPECT_THAT(Merge({1, 2, 3}, 2, 4), ElementsAre("1:1"));
  EXPECT_THAT(Merge({1, 2, 3}, 0, 0), IsEmpty());
  EXPECT_THAT(Merge({}, 0, 4), IsEmpty());
}

TEST_P(ActivityConformance, MergingNamesAnOwnerTwiceInVain) {
  Put(1, {1, 2});
  EXPECT_THAT(Merge({1, 1, 1}, 0, 10), ElementsAre("1:2", "1:1"));
}

TEST_P(ActivityConformance, OneOwnerMayFillTheMergeAlone) {
  Put(1, {1, 2, 3});
  Put(2, {10, 11, 12, 13, 14});
  EXPECT_THAT(Merge({1, 2}, 0, 5), ElementsAre("2:14", "2:13", "2:12", "2:11", "2:10"));
}

TEST_P(ActivityConformance, MergesThousandsOfOwnersPageByPage) {
  constexpr std::uint64_t kOwners = 3'000;
  Ids owners;
  std::vector<ActivityItem> items;
  for (std::uint64_t owner = 1; owner <= kOwners; ++owner) {
    owners.push_back(owner);
    items.push_back({{kKind, AccountId{owner}}, {owner * 7 % kOwners + 1, "a"}});
    items.push_back({{kKind, AccountId{owner}}, {owner * 11 % kOwners + 1 + kOwners, "b"}});
  }
  ExpectSuccess(RunBlocking(activity().Put(std::move(items), Deadline::Never())));
  std::size_t seen = 0;
  for (std::uint64_t before = 0;;) {
    const auto page = Merge(owners, before, 500);
    if (page.empty()) break;
    for (const auto& item : page) {
      const std::uint64_t id = std::stoull(item.substr(item.find(':') + 1));
      ASSERT_EQ(id, 2 * kOwners - seen);
      before = id;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 2 * kOwners);
}

TEST_P(ActivityConformance, WhatWasPutIsThereAfterAReopening) {
  Put(1, {1, 2, 3}, "kept");
  Remove(1, {2});
  Put(2, {1});
  Erase({2});
  subject_->Reopen();
  EXPECT_THAT(List(1), ElementsAre(3, 1));
  EXPECT_EQ(PayloadOf(1, 3), "kept");
  EXPECT_THAT(List(2), IsEmpty());
}

TEST_P(ActivityConformance, NothingIsDoneAfterTheDeadline) {
  Put(1, {1});
  const auto late = Deadline::After(clock_, Duration(0));
  const ActivityList list{kKind, AccountId{1}};
  EXPECT_EQ(RunBlocking(activity().Put(Items(1, {2}), late)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(activity().Remove(Items(1, {1}), late)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(activity().Erase({list}, late)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(activity().Page(list, 0, 1, late)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(activity().Merge(kKind, {AccountId{1}}, 0, 1, late)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_THAT(List(1), ElementsAre(1));
}

TEST_P(ActivityConformance, AnswersManyThreadsAtOnce) {
  constexpr std::uint64_t kThreads = 4, kEach = 100;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 1; t <= kThreads; ++t) {
      threads.emplace_back([this, t] {
        for (std::uint64_t i = 1; i <= kEach; ++i) {
          Put(t, {i * kThreads + t});
          EXPECT_THAT(List(t), SizeIs(i));
          EXPECT_THAT(Merge({1, 2, 3, 4}, 0, 1), SizeIs(1));
        }
      });
    }
  }
  EXPECT_THAT(Merge({1, 2, 3, 4}, 0, 1'000), SizeIs(kThreads * kEach));
}

TEST_P(ActivityConformance, BehavesLikeTheModelWhateverHappens) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  MemoryActivity model(clock_);
  const auto any = [&](std::uint64_t most) { return random() % most + 1; };
  for (int step = 0; step < 400; ++step) {
    std::vector<ActivityItem> items;
    for (auto left = any(10); left > 0; --left) {
      items.push_back({{any(4) == 1 ? kOtherKind : kKind, AccountId{any(12)}},
                       {any(60), fmt::format("step {}", step)}});
    }
    switch (random() % 8) {
      case 0:
        ExpectSuccess(RunBlocking(model.Erase({items.front().list}, Deadline::Never())));
        ExpectSuccess(RunBlocking(activity().Erase({items.front().list}, Deadline::Never())));
        break;
      case 1:
      case 2:
        ExpectSuccess(RunBlocking(model.Remove(items, Deadline::Never())));
        ExpectSuccess(RunBlocking(activity().Remove(items, Deadline::Never())));
        break;
      case 3:
        if (step % 10 == 0) subject_->Reopen();
        break;
      default:
        ExpectSuccess(RunBlocking(model.Put(items, Deadline::Never())));
        ExpectSuccess(RunBlocking(activity().Put(items, Deadline::Never())));
    }
    const auto list = items.back().list;
    const std::uint64_t before = any(3) == 1 ? 0 : any(61);
    const std::size_t limit = any(20);
    std::vector<AccountId> owners;
    for (auto left = any(12); left > 0; --left) owners.push_back({any(14)});
    ASSERT_EQ(RunBlocking(activity().Page(list, before, limit, Deadline::Never())).value(),
              RunBlocking(model.Page(list, before, limit, Deadline::Never())).value())
        << "step " << step;
    const auto merge = [&](Activity& from) {
      return RunBlocking(from.Merge(list.kind, owners, before, limit, Deadline::Never())).value();
    };
    ASSERT_EQ(merge(activity()), merge(model)) << "step " << step;
  }
}

}  // namespace freshet::stores
