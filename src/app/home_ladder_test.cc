// The ladder of home: which rung answers when what it stands on fails, and that it heals by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/testing/faulty_installation.h"
#include "base/io_threads.h"
#include "net/json/json_reader.h"

namespace freshet::app {
namespace {

using home::FeedOrder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

constexpr std::size_t kAlways = 1'000'000;

// Ana follows Ben, who posts as everybody does, and Zoe, a celebrity.
class HomeLadder : public testing::Test {
 protected:
  struct Page {
    std::vector<std::string> ids;
    std::vector<std::string> late;
    std::string rung;
    std::string next;
    bool scored = false;
  };

  HomeLadder() {
    for (const auto followee : {ben_, zoe_}) Follow(ana_, followee);
    Follow(ben_, zoe_);
    installation_.Settle();
    for (int i = 0; i < 6; ++i) Post(i % 2 == 0 ? ben_ : zoe_, i);
    installation_.Settle();
    (void)Read();  // fills what is cached
  }

  void Follow(AccountId follower, AccountId followee) {
    ASSERT_TRUE(RunBlocking(services_.relationships.Follow(follower, followee, Deadline::Never())));
  }
  void Post(AccountId author, int number) {
    social::CreatePost post;
    post.text = "post " + std::to_string(number);
    posts_[author].push_back(
        fmt::to_string(RunBlocking(services_.posts.Create(author, post, std::nullopt, Never()))
                           .value()
                           .id()
                           .value));
  }

  static Deadline Never() { return Deadline::Never(); }

  Page Read(FeedOrder order = FeedOrder::kRanked, std::int64_t limit = 20,
            std::optional<std::string> cursor = {}) {
    const auto json =
        RunBlocking(
            services_.home.Page(ana_, {.order = order, .limit = limit, .cursor = std::move(cursor)},
                                Never()))
            .value();
    const auto parsed = net::ParseJson(json).value();
    Page page;
    for (const auto& item : parsed.at("items").as_array()) {
      page.ids.emplace_back(item.at("post").at("id").as_string());
      page.scored |= item.as_object().contains("score");
    }
    for (const auto& source : parsed.at("served").at("late").as_array())
      page.late.emplace_back(source.as_string());
    page.rung = parsed.at("served").at("rung").as_string();
    if (parsed.at("next").is_string()) page.next = parsed.at("next").as_string();
    return page;
  }

  std::vector<std::string> All() const {
    std::vector<std::string> ids = posts_.at(ben_);
    ids.insert(ids.end(), posts_.at(zoe_).begin(), posts_.at(zoe_).end());
    return ids;
  }
  std::vector<std::string> ByTime() const {
    auto ids = All();
    std::ranges::sort(ids, std::greater());  // all have as many digits
    return ids;
  }

  FaultyInstallation installation_{{"--fanout.celebrity_threshold=2", "--ranking.candidates=10"}};
  Services& services_ = installation_.services();
  std::vector<AccountId> people_ = installation_.MakePeople({"ana", "ben", "zoe"});
  const AccountId ana_ = people_[0];
  const AccountId ben_ = people_[1];
  const AccountId zoe_ = people_[2];
  std::map<AccountId, std::vector<std::string>> posts_;
};

TEST_F(HomeLadder, TheTopRungIsRanked) {
  const auto page = Read();
  EXPECT_EQ(page.rung, "ranked");
  EXPECT_THAT(page.late, IsEmpty());
  EXPECT_TRUE(page.scored);
  EXPECT_THAT(page.ids, UnorderedElementsAreArray(All()));
}

TEST_F(HomeLadder, WithoutScoresItIsServedByTime) {
  installation_.plan("scorer").FailNext(kAlways);
  const auto page = Read();
  EXPECT_EQ(page.rung, "latest");
  EXPECT_THAT(page.late, ElementsAre("ranking"));
  EXPECT_FALSE(page.scored);
  EXPECT_EQ(page.ids, ByTime());
  installation_.Heal();
  EXPECT_EQ(Read().rung, "ranked");
}

TEST_F(HomeLadder, ScoresThatComeTooLateAreNotWaitedFor) {
  installation_.plan("scorer").Delay(Duration(10'000));
  const auto page = Read();
  EXPECT_EQ(page.rung, "latest");
  EXPECT_EQ(page.ids, ByTime());
}

TEST_F(HomeLadder, ARankingThatFailsBetweenPagesNeitherRepeatsNorSkips) {
  for (const bool fails_first : {true, false}) {
    if (fails_first) installation_.plan("scorer").FailNext(kAlways);
    auto page = Read(FeedOrder::kRanked, 3);
    std::vector<std::string> ids = page.ids;
    installation_.Heal();
    if (!fails_first) installation_.plan("scorer").FailNext(kAlways);
    page = Read(FeedOrder::kRanked, 3, page.next);
    EXPECT_EQ(page.rung, fails_first ? "ranked" : "latest");
    ids.insert(ids.end(), page.ids.begin(), page.ids.end());
    EXPECT_THAT(ids, UnorderedElementsAreArray(All()));
    installation_.Heal();
  }
}

TEST_F(HomeLadder, WithoutItsTimelineItIsRebuilt) {
  const stores::TimelineKey key{.kind = stores::TimelineKind::kHome, .owner = ana_};
  for (const auto order : {FeedOrder::kRanked, FeedOrder::kLatest}) {
    ASSERT_TRUE(RunBlocking(installation_.timelines().Drop({&key, 1}, Never())));
    const auto page = Read(order);
    EXPECT_EQ(page.rung, "rebuilt");
    EXPECT_THAT(page.ids, UnorderedElementsAreArray(All()));
    EXPECT_EQ(Read(order).rung, order == FeedOrder::kRanked ? "ranked" : "latest");
  }
}

TEST_F(HomeLadder, WithoutTimelinesItIsReadFromTheAuthorsLists) {
  installation_.plan("timelines").FailNext(kAlways);
  const auto page = Read(FeedOrder::kLatest);
  EXPECT_EQ(page.rung, "rebuilt");
  EXPECT_EQ(page.ids, ByTime());
  installation_.Heal();
  EXPECT_EQ(Read(FeedOrder::kLatest).rung, "latest");
}

TEST_F(HomeLadder, WithoutCelebritiesListsTheOthersAreServed) {
  const auto before = All();
  Post(zoe_, 6);  // the earlier ones are in the timeline, which was made from all lists
  installation_.Settle();
  const stores::TimelineKey key{.kind = stores::TimelineKind::kAuthor, .owner = zoe_};
  for (const auto order : {FeedOrder::kRanked, FeedOrder::kLatest}) {
    ASSERT_TRUE(RunBlocking(installation_.timelines().Drop({&key, 1}, Never())));
    installation_.plan("activity").FailNext(kAlways);
    const auto page = Read(order);
    EXPECT_EQ(page.rung, "partial");
    EXPECT_THAT(page.late, ElementsAre("celebrity"));
    EXPECT_THAT(page.ids, UnorderedElementsAreArray(before));
    installation_.Heal();
    EXPECT_THAT(Read(order).ids, UnorderedElementsAreArray(All()));
  }
}

TEST_F(HomeLadder, TheMetricNamesTheRung) {
  installation_.plan("scorer").FailNext(1);
  (void)Read();
  (void)Read();
  const auto metrics = installation_.platform().metrics.Render();
  EXPECT_THAT(metrics, HasSubstr("freshet_feed_rung_total{rung=\"latest\"} 1"));
  EXPECT_THAT(metrics, Not(HasSubstr("freshet_feed_rung_total{rung=\"ranked\"} 0")));
}

TEST_F(HomeLadder, WithoutTheCacheItIsRankedAllTheSame) {
  installation_.plan("cache").FailNext(kAlways);
  const auto page = Read();
  EXPECT_EQ(page.rung, "ranked");
  EXPECT_THAT(page.ids, UnorderedElementsAreArray(All()));
}

}  // namespace
}  // namespace freshet::app
