// The services on stores that fail before and after their effect: whatever was answered with
// success is there in the end, once, and every home equals a plain model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "app/options.h"
#include "app/services.h"
#include "base/bytes.h"
#include "base/io_threads.h"
#include "base/testing/fault_plan.h"
#include "services/accounts/events.h"
#include "services/accounts/schema/schema.h"
#include "services/engagement/events.h"
#include "services/engagement/schema/schema.h"
#include "services/social/events.h"
#include "services/social/schema/schema.h"
#include "stores/activity/testing/faulty_activity.h"
#include "stores/activity/testing/memory_activity.h"
#include "stores/cache/memory_cache.h"
#include "stores/cache/testing/faulty_cache.h"
#include "stores/counters/memory_counters.h"
#include "stores/counters/testing/faulty_counters.h"
#include "stores/database/operations.h"
#include "stores/database/testing/faulty_database.h"
#include "stores/database/testing/temp_database.h"
#include "stores/log/testing/faulty_event_log.h"
#include "stores/log/testing/temporary_event_log.h"
#include "stores/pubsub/memory_pubsub.h"
#include "stores/pubsub/testing/faulty_pubsub.h"
#include "stores/timelines/memory_timelines.h"
#include "stores/timelines/testing/faulty_timelines.h"

namespace freshet::app {
namespace {

using testing::ElementsAreArray;

constexpr int kPeople = 8;

Config TestConfig() {
  ConfigSources sources;
  sources.arguments = {
      "--passwords.memory_kib=64",      "--passwords.iterations=1",   "--log.level=error",
      "--fanout.celebrity_threshold=5", "--fanout.batch=2",           "--fanout.large_from=3",
      "--worker.first_backoff=1",       "--worker.longest_backoff=2", "--timelines.capacity=10"};
  return MakeConfigLoader().Load(sources).value();
}

std::vector<stores::Schema> AllSchemas() {
  return {stores::OutboxSchema(), stores::OperationsSchema(), accounts::AccountsSchema(),
          social::SocialSchema(), engagement::EngagementSchema()};
}

class FaultyWorld : public testing::TestWithParam<std::string> {
 protected:
  FaultyWorld() {
    for (const auto topic :
         {accounts::kAccountsTopic, social::kPostsTopic, social::kLargeFanoutTopic,
          social::kFollowsTopic, engagement::kEngagementTopic}) {
      EXPECT_TRUE(RunBlocking(
          log_.log().CreateTopic(std::string(topic), {.partitions = 3}, Deadline::Never())));
    }
    keys_ =
        std::filesystem::temp_directory_path() / ("freshet-faults-" + EncodeHex(RandomBytes(8)));
    Secrets secrets;
    secrets.cursor_key = Secret(RandomBytes(32));
    secrets.signing_keys =
        net::SigningKeys::Open(keys_, {}, platform_.clock, platform_.logger).value();
    services_.emplace(config_,
                      Ports{faulty_database_, faulty_log_, faulty_timelines_, faulty_activity_,
                            faulty_cache_, faulty_pubsub_, faulty_counters_},
                      std::move(secrets), Couriers(), platform_);
    std::vector<accounts::BulkAccount> people;
    for (int i = 0; i < kPeople; ++i)
      people.push_back({.username = "p" + std::to_string(i), .display_name = "P", .bio = {}});
    people_ = RunBlocking(services_->accounts.Ensure(people, Deadline::Never())).value();
  }
  ~FaultyWorld() override {
    services_.reset();
    std::filesystem::remove_all(keys_);
  }

  FaultPlan& Plan() { return plans_.at(GetParam()); }

  // One call of the port goes wrong soon, before or after its effect.
  void MaybeBreak() {
    if (Below(3) != 0) return;
    const auto calls = 1 + Below(2);
    Below(2) == 0 ? Plan().FailNext(calls) : Plan().FailNextAfterEffect(calls);
  }

  void Step() {
    const AccountId person = people_[Below(kPeople)];
    const AccountId other = people_[Below(kPeople)];
    MaybeBreak();
    switch (Below(10)) {
      case 0:
      case 1:
        if (person != other) Follow(person, other, true);
        break;
      case 2:
        if (person != other) Follow(person, other, false);
        break;
      case 3: DeleteOne(person); break;
      case 4:
        (void)RunBlocking(services_->home_timeline.Latest(person, PostId{}, 5, Soon()));
        break;
      case 5: Deliver(); break;
      case 6:
      case 7: Like(person, other); break;
      default: Post(person);
    }
  }

  void Follow(AccountId person, AccountId other, bool follow) {
    const auto done =
        RunBlocking(follow ? services_->relationships.Follow(person, other, Soon())
                           : services_->relationships.Unfollow(person, other, Soon()));
    follows_[{person, other}] = done ? std::optional(follow) : std::nullopt;
  }

  void Post(AccountId person) {
    const std::string text = "post " + std::to_string(++texts_);
    const auto made = RunBlocking(services_->posts.Create(
        person, {.text = text, .location = {}, .quote_of = {}}, std::nullopt, Soon()));
    if (made) posts_[person].insert(made->id());
  }

  void DeleteOne(AccountId person) {
    if (posts_[person].empty()) return;
    const PostId id = *posts_[person].begin();
    const bool deleted = RunBlocking(services_->posts.Delete(person, id, Soon())).has_value();
    (deleted ? deleted_ : maybe_deleted_).insert(id);
    posts_[person].erase(id);
  }

  void Like(AccountId person, AccountId author) {
    if (posts_[author].empty()) return;
    const PostId post = *posts_[author].rbegin();
    const bool like = Below(3) != 0;
    const auto done = RunBlocking(
        services_->engagement.React(person, post, engagement::Reaction::kLike, like, Soon()));
    likes_[{post, person}] = done ? std::optional(like) : std::nullopt;
  }

  void Deliver() { (void)RunBlocking(services_->Deliver(Soon())); }

  // Ends all faults, lets every fact arrive, and compares.
  void Check() {
    for (auto& [name, plan] : plans_) plan.Heal();
    ASSERT_TRUE(RunBlocking(services_->Settle(Deadline::Never())));
    std::map<AccountId, std::vector<PostId>> truth;
    for (const AccountId person : people_) truth[person] = CheckedPosts(person);
    for (const AccountId person : people_) CheckLikes(person);
    for (const AccountId person : people_) CheckLikedList(person);
    for (const AccountId person : people_) CheckLikeCounts(person);
    for (const AccountId person : people_) {
      const auto followees = CheckedFollowees(person);
      std::vector<PostId> expected = truth[person];
      for (const AccountId author : followees)
        expected.insert(expected.end(), truth[author].begin(), truth[author].end());
      std::ranges::sort(expected, std::greater());
      EXPECT_THAT(Home(person), ElementsAreArray(expected));
    }
  }

  // What the database holds, having seen that it is what was acknowledged.
  std::vector<PostId> CheckedPosts(AccountId person) {
    const auto stored =
        RunBlocking(services_->posts.ByAuthor(person, PostId{}, 10'000, Deadline::Never())).value();
    std::set<PostId> there(stored.begin(), stored.end());
    for (const PostId id : posts_[person])
      EXPECT_TRUE(there.contains(id)) << "an acknowledged post is lost";
    for (const PostId id : deleted_) EXPECT_FALSE(there.contains(id)) << "a deleted post is back";
    posts_[person] = there;
    return stored;
  }

  std::vector<AccountId> CheckedFollowees(AccountId person) {
    const auto page =
        RunBlocking(services_->graph.Following(person, {}, 1'000, Deadline::Never())).value();
    std::vector<AccountId> followees;
    for (const auto& entry : page.entries) followees.push_back(entry.account);
    for (auto& [pair, state] : follows_) {
      if (pair.first != person) continue;
      const bool there = std::ranges::find(followees, pair.second) != followees.end();
      if (state) EXPECT_EQ(there, *state) << "an acknowledged follow or unfollow is lost";
      state = there;
    }
    accounts::Account account;
    account.id = person;
    EXPECT_TRUE(
        RunBlocking(services_->graph.Complete(AccountId{}, {&account, 1}, Deadline::Never())));
    EXPECT_EQ(account.following_count, static_cast<std::int64_t>(followees.size()));
    EXPECT_EQ(account.posts_count, static_cast<std::int64_t>(posts_[person].size()));
    return followees;
  }

  void CheckLikes(AccountId person) {
    for (auto& [pair, state] : likes_) {
      const auto& [post, liker] = pair;
      if (liker != person || deleted_.contains(post) || maybe_deleted_.contains(post)) continue;
      const auto shown = RunBlocking(services_->posts.Show(person, post, Deadline::Never()));
      ASSERT_TRUE(shown);
      const bool liked = shown->tallies().viewer.liked;
      if (state) EXPECT_EQ(liked, *state) << "an acknowledged like is lost";
      state = liked;
    }
  }

  // The durable list is what the counters say, of posts that are not deleted.
  void CheckLikedList(AccountId person) {
    std::set<PostId> listed;
    for (const auto& entry :
         RunBlocking(services_->reaction_lists.Page(person, engagement::Reaction::kLike, 0, 10'000,
                                                    Deadline::Never()))
             .value()) {
      listed.insert(entry.post);
    }
    for (const auto& [pair, state] : likes_) {
      const auto& [post, liker] = pair;
      if (liker != person || deleted_.contains(post) || maybe_deleted_.contains(post)) continue;
      EXPECT_EQ(listed.contains(post), state.value_or(false)) << "a list is not what was liked";
    }
  }

  void CheckLikeCounts(AccountId author) {
    for (const PostId post : posts_[author]) {
      const auto likers = std::ranges::count_if(likes_, [&](const auto& like) {
        return like.first.first == post && like.second.value_or(false);
      });
      const auto shown = RunBlocking(services_->posts.Show(author, post, Deadline::Never()));
      ASSERT_TRUE(shown);
      EXPECT_EQ(shown->tallies().counts.likes, likers);
    }
  }

  std::vector<PostId> Home(AccountId person) {
    std::vector<PostId> ids;
    PostId before;
    do {
      const auto page =
          RunBlocking(services_->home_timeline.Latest(person, before, 4, Deadline::Never()))
              .value();
      std::vector<std::uint64_t> values;
      for (const auto& entry : page.entries) values.push_back(entry.post.value);
      const auto shown =
          RunBlocking(services_->posts.Show(person, values, Deadline::Never())).value();
      for (const auto& post : shown) {
        if (post) ids.push_back(post->id());
      }
      before = page.next;
    } while (before);
    return ids;
  }

  Deadline Soon() { return Deadline::After(platform_.clock, Duration(2'000)); }
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  const std::uint64_t seed_ =
      testing::UnitTest::GetInstance()->random_seed() + std::random_device()();
  std::mt19937_64 random_{seed_};
  Config config_ = TestConfig();
  Platform platform_{config_};
  std::map<std::string, FaultPlan> plans_ = [] {
    std::map<std::string, FaultPlan> plans;
    for (const char* port :
         {"database", "log", "timelines", "activity", "cache", "pubsub", "counters"})
      plans.try_emplace(port);
    return plans;
  }();

  std::vector<stores::Schema> schemas_ = AllSchemas();
  stores::TempDatabase database_{platform_.clock, schemas_};
  stores::TemporaryEventLog log_;
  stores::MemoryTimelines timelines_{config_.Get<stores::TimelinesOptions>(), platform_.clock,
                                     platform_.metrics};
  stores::MemoryActivity activity_{platform_.clock};
  stores::MemoryCache cache_{config_.Get<stores::CacheOptions>(), platform_.clock,
                             platform_.metrics};
  stores::MemoryPubSub pubsub_{{}, platform_.clock, platform_.metrics};

  std::unique_ptr<stores::MemoryCounters> counters_ =
      RunBlocking(stores::MemoryCounters::Open({}, log_.folder() / "counters" / "snapshot",
                                               {log_.log(), platform_.pool, platform_.clock,
                                                platform_.logger, platform_.metrics},
                                               Deadline::Never()))
          .value();

  stores::FaultyDatabase faulty_database_{*database_, plans_.at("database")};
  stores::FaultyEventLog faulty_log_{log_.log(), plans_.at("log")};
  stores::FaultyTimelines faulty_timelines_{timelines_, plans_.at("timelines")};
  stores::FaultyActivity faulty_activity_{activity_, plans_.at("activity")};
  stores::FaultyCache faulty_cache_{cache_, plans_.at("cache")};
  stores::FaultyPubSub faulty_pubsub_{pubsub_, plans_.at("pubsub")};
  stores::FaultyCounters faulty_counters_{*counters_, plans_.at("counters")};
  std::filesystem::path keys_;
  std::optional<Services> services_;

  std::vector<AccountId> people_;
  std::map<std::pair<AccountId, AccountId>, std::optional<bool>> follows_;  // nullopt: unknown
  std::map<std::pair<PostId, AccountId>, std::optional<bool>> likes_;       // likewise
  std::map<AccountId, std::set<PostId>> posts_;
  std::set<PostId> deleted_;
  std::set<PostId> maybe_deleted_;
  int texts_ = 0;
};

TEST_P(FaultyWorld, LosesNothingAcknowledgedAndServesExactHomes) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  for (int batch = 0; batch < 6; ++batch) {
    for (int step = 0; step < 60; ++step) Step();
    Check();
    if (HasFailure()) return;
  }
  EXPECT_GT(Plan().faults(), 10U) << "too few faults to prove anything";
}

INSTANTIATE_TEST_SUITE_P(AtEachPort, FaultyWorld,
                         testing::Values("database", "log", "timelines", "activity", "cache",
                                         "pubsub", "counters"),
                         [](const auto& port) { return port.param; });

}  // namespace
}  // namespace freshet::app
