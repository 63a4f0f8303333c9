// Engagement on stores that fail, and with counts that are wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/options.h"
#include "app/services.h"
#include "base/bytes.h"
#include "base/io_threads.h"
#include "base/testing/fault_plan.h"
#include "net/json/json_reader.h"
#include "net/json/json_writer.h"
#include "services/accounts/events.h"
#include "services/accounts/schema/schema.h"
#include "services/engagement/counter_spaces.h"
#include "services/engagement/events.h"
#include "services/engagement/schema/schema.h"
#include "services/social/events.h"
#include "services/social/schema/schema.h"
#include "stores/activity/testing/memory_activity.h"
#include "stores/cache/memory_cache.h"
#include "stores/counters/memory_counters.h"
#include "stores/counters/testing/faulty_counters.h"
#include "stores/database/operations.h"
#include "stores/database/testing/temp_database.h"
#include "stores/log/testing/temporary_event_log.h"
#include "stores/pubsub/memory_pubsub.h"
#include "stores/timelines/memory_timelines.h"

namespace freshet::app {
namespace {

using engagement::EngagementEventType;
using engagement::Reaction;
using testing::ElementsAre;

Config TestConfig() {
  ConfigSources sources;
  sources.arguments = {"--passwords.memory_kib=64", "--passwords.iterations=1", "--log.level=error",
                       "--engagement.reconcile_patience=1"};
  return MakeConfigLoader().Load(sources).value();
}

social::CreatePost NewPost() {
  social::CreatePost post;
  post.text = "hello";
  return post;
}

class Engagement : public testing::Test {
 protected:
  Engagement() {
    for (const auto topic :
         {accounts::kAccountsTopic, social::kPostsTopic, social::kLargeFanoutTopic,
          social::kFollowsTopic, engagement::kEngagementTopic}) {
      EXPECT_TRUE(RunBlocking(
          log_.log().CreateTopic(std::string(topic), {.partitions = 2}, Deadline::Never())));
    }
    Secrets secrets;
    secrets.cursor_key = Secret(RandomBytes(32));
    secrets.signing_keys =
        net::SigningKeys::Open(log_.folder() / "keys", {}, platform_.clock, platform_.logger)
            .value();
    services_.emplace(
        config_,
        Ports{*database_, log_.log(), timelines_, activity_, cache_, pubsub_, faulty_counters_},
        std::move(secrets), Couriers(), platform_);
    people_ = RunBlocking(services_->accounts.Ensure(
                              {{.username = "ana", .display_name = "Ana", .bio = {}},
                               {.username = "ben", .display_name = "Ben", .bio = {}}},
                              Deadline::Never()))
                  .value();
    post_ = RunBlocking(services_->posts.Create(ana(), NewPost(), std::nullopt, Deadline::Never()))
                .value()
                .id();
  }

  AccountId ana() const { return people_[0]; }
  AccountId ben() const { return people_[1]; }

  Result<social::PostTallies> Like(AccountId person, bool present = true) {
    return RunBlocking(
        services_->engagement.React(person, post_, Reaction::kLike, present, Deadline::Never()));
  }
  engagement::CommentId Comment(AccountId person) {
    return RunBlocking(services_->comments.Create(person, post_, {.text = "nice", .reply_to = {}},
                                                  std::nullopt, Deadline::Never()))
        .value()
        .id;
  }
  social::PostTallies Shown() {
    return RunBlocking(services_->posts.Show(ben(), post_, Deadline::Never())).value().tallies();
  }
  void Deliver() { ASSERT_TRUE(RunBlocking(services_->Settle(Deadline::Never()))); }
  std::int64_t Reconcile() {
    EXPECT_TRUE(RunBlocking(services_->post_counts.Flush(Deadline::Never())));
    return RunBlocking(services_->reconciler.CompareSlice({})).value();
  }
  std::vector<EngagementEventType> Facts() {
    std::vector<EngagementEventType> types;
    for (std::uint32_t partition = 0; partition < 2; ++partition) {
      for (const auto& stored :
           RunBlocking(log_.log().Read({std::string(engagement::kEngagementTopic), partition, 0},
                                       100, Deadline::Never()))
               .value()) {
        types.push_back(
            net::ReadJson<engagement::EngagementEvent>(stored.record.value).value().type);
      }
    }
    return types;
  }
  stores::CounterKey Comments() const {
    return {.space = engagement::kPostComments, .id = post_.value};
  }

  Config config_ = TestConfig();
  Platform platform_{config_};
  FaultPlan plan_;
  std::vector<stores::Schema> schemas_{stores::OutboxSchema(), stores::OperationsSchema(),
                                       accounts::AccountsSchema(), social::SocialSchema(),
                                       engagement::EngagementSchema()};
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
  stores::FaultyCounters faulty_counters_{*counters_, plan_};
  std::optional<Services> services_;
  std::vector<AccountId> people_;
  PostId post_;
};

TEST_F(Engagement, ALikeIsToldFromTheCountersOwnLog) {
  ASSERT_TRUE(Like(ben()));
  Deliver();
  ASSERT_TRUE(Like(ben()));  // changes nothing, so there is nothing to tell
  Deliver();
  EXPECT_THAT(Facts(), ElementsAre(EngagementEventType::kLikeCreated));
  ASSERT_TRUE(Like(ben(), false));
  Deliver();
  EXPECT_THAT(Facts(),
              ElementsAre(EngagementEventType::kLikeCreated, EngagementEventType::kLikeRemoved));
}

TEST_F(Engagement, WithoutCountersPostsAreShownWithTheDatabasesCountsAndLikesAreRefused) {
  ASSERT_TRUE(Like(ana()));
  Comment(ben());
  ASSERT_TRUE(RunBlocking(services_->post_counts.Flush(Deadline::Never())));
  plan_.FailNext(1'000);
  EXPECT_EQ(Shown().counts.likes, 1);
  EXPECT_EQ(Shown().counts.comments, 1);
  for (const bool present : {true, false}) {
    const auto refused = Like(ana(), present);
    ASSERT_FALSE(refused) << "a like that is nowhere must not be acknowledged";
    EXPECT_TRUE(refused.error().retryable());
  }
  EXPECT_THAT(platform_.metrics.Render(),
              testing::HasSubstr(R"(freshet_engagement_rung_total{rung="database"})"));
  plan_.Heal();
  EXPECT_TRUE(Shown().counts.likes == 1 && Like(ben()));
  EXPECT_EQ(Shown().counts.likes, 2);
}

TEST_F(Engagement, ACommentWhoseCountFailedIsCountedByTheWorker) {
  plan_.FailNext(1'000);
  const auto comment = Comment(ben());
  plan_.Heal();
  EXPECT_EQ(Shown().counts.comments, 0);
  Deliver();
  EXPECT_EQ(Shown().counts.comments, 1);
  plan_.FailNext(1'000);
  ASSERT_TRUE(RunBlocking(services_->comments.Delete(ben(), comment, Deadline::Never())));
  plan_.Heal();
  Deliver();
  EXPECT_EQ(Shown().counts.comments, 0);
}

TEST_F(Engagement, ReconcilingFindsNothingWhereNothingIsWrong) {
  ASSERT_TRUE(Like(ana()));
  Comment(ben());
  Deliver();
  EXPECT_EQ(Reconcile(), 0);
}

TEST_F(Engagement, ReconcilingFindsAndMendsPlantedDrift) {
  const auto comment = Comment(ben());
  Deliver();
  EXPECT_TRUE(RunBlocking(
      counters_->RemoveMembers({{Comments(), AccountId{comment.value}}}, Deadline::Never())));
  EXPECT_TRUE(RunBlocking(counters_->AddMembers(
      {{Comments(), AccountId{7}}, {Comments(), AccountId{8}}}, Deadline::Never())));
  Deliver();
  EXPECT_EQ(Shown().counts.comments, 2);
  EXPECT_EQ(Reconcile(), 3);
  EXPECT_EQ(Shown().counts.comments, 1);
  Deliver();
  EXPECT_EQ(Reconcile(), 0) << "the end of the posts";
  EXPECT_EQ(Reconcile(), 0);
  EXPECT_THAT(platform_.metrics.Render(), testing::HasSubstr("freshet_engagement_drift_total 3"));
}

TEST_F(Engagement, ReconcilingFindsWrongCountsInTheDatabase) {
  ASSERT_TRUE(Like(ana()));
  Deliver();
  ASSERT_TRUE(RunBlocking(services_->post_counts.Flush(Deadline::Never())));
  ASSERT_TRUE(RunBlocking(database_->Write(
      [](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute("UPDATE post_counts SET likes = 5"));
        return {};
      },
      Deadline::Never())));
  EXPECT_EQ(Reconcile(), 1);
  EXPECT_EQ(Reconcile(), 0);
  EXPECT_EQ(Reconcile(), 0);
}

TEST_F(Engagement, APurgedPostTakesEverythingWithIt) {
  ASSERT_TRUE(Like(ben()));
  Comment(ben());
  Deliver();
  social::PostEvent purged;
  purged.type = social::PostEventType::kPurged;
  purged.post_id = post_;
  purged.author_id = ana();
  ASSERT_TRUE(RunBlocking(log_.log().Append(
      std::string(social::kPostsTopic), {{.key = "1", .value = net::ToJson(purged), .headers = {}}},
      Deadline::Never())));
  Deliver();
  Deliver();
  EXPECT_EQ(Shown().counts.likes, 0);
  EXPECT_EQ(Shown().counts.comments, 0);
  EXPECT_TRUE(
      RunBlocking(services_->reaction_lists.Page(ben(), Reaction::kLike, 0, 10, Deadline::Never()))
          .value()
          .empty());
  EXPECT_EQ(Reconcile(), 0);
}

}  // namespace
}  // namespace freshet::app
