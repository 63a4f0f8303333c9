#include "stores/database/outbox.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

#include "base/io_threads.h"
#include "base/mutex.h"
#include "base/task_group.h"
#include "base/testing/fault_plan.h"
#include "stores/database/testing/faulty_database.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;
using testing::SizeIs;

// Keeps what is appended, and fails as `plan` says. The relay calls nothing else.
class RecordingLog final : public EventLog {
 public:
  explicit RecordingLog(FaultPlan& plan) : plan_(plan) {}

  Awaitable<Result<std::vector<PartitionPosition>>> Append(std::string topic,
                                                           std::vector<Record> records,
                                                           Deadline) override {
    CO_RETURN_IF_ERROR(co_await plan_.Before("Append"));
    {
      MutexLock lock(mutex_);
      if (topic == refused_) co_return NotFound("no such topic");
      std::size_t bytes = 0;
      for (const auto& record : records) bytes += record.value.size();
      batches_.push_back(records.size());
      largest_ = std::max(largest_, bytes);
      auto& kept = topics_[topic];
      for (const auto& record : records) kept.push_back(record.key + ":" + record.value);
      changed_.NotifyAll();
    }
    CO_RETURN_IF_ERROR(plan_.After("Append"));
    co_return std::vector<PartitionPosition>(records.size());
  }

  MOCK_METHOD(Awaitable<Result<>>, CreateTopic, (std::string, TopicOptions, Deadline), (override));
  MOCK_METHOD(Awaitable<Result<std::vector<StoredRecord>>>, Read,
              (PartitionPosition, std::size_t, Deadline), (override));
  MOCK_METHOD(Awaitable<Result<std::vector<PartitionPosition>>>, FindTime,
              (std::string, Timestamp, Deadline), (override));
  MOCK_METHOD(Awaitable<Result<std::unique_ptr<Consumer>>>, Join,
              (std::string, std::vector<std::string>, Deadline), (override));
  MOCK_METHOD(Awaitable<Result<>>, Seek, (std::string, std::vector<PartitionPosition>, Deadline),
              (override));
  MOCK_METHOD(Awaitable<Result<EventLogState>>, Describe, (Deadline), (override));

  void Refuse(std::string_view topic) {
    MutexLock lock(mutex_);
    refused_ = topic;
  }
  std::vector<std::string> Records(const std::string& topic) {
    MutexLock lock(mutex_);
    return topics_[topic];
  }
  std::vector<std::size_t> Batches() {
    MutexLock lock(mutex_);
    return batches_;
  }
  std::size_t LargestBatch() {
    MutexLock lock(mutex_);
    return largest_;
  }
  // Whether `topic` comes to hold at least `count` records.
  bool AwaitRecords(const std::string& topic, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    MutexLock lock(mutex_);
    while (topics_[topic].size() < count) {
      if (!changed_.WaitUntil(mutex_, until)) return topics_[topic].size() >= count;
    }
    return true;
  }

 private:
  FaultPlan& plan_;
  Mutex mutex_;
  CondVar changed_;
  std::string refused_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> topics_ GUARDED_BY(mutex_);
  std::vector<std::size_t> batches_ GUARDED_BY(mutex_);
  std::size_t largest_ GUARDED_BY(mutex_) = 0;
};

class OutboxTest : public testing::Test {
 protected:
  Result<> AddAll(std::vector<std::array<std::string, 3>> facts) {
    return RunBlocking(database_->Write(
        [&](Transaction& tx) -> Result<> {
          for (const auto& [topic, key, value] : facts) {
            RETURN_IF_ERROR(AddToOutbox(tx, topic, key, value));
          }
          return {};
        },
        Deadline::Never()));
  }
  void Add(const std::string& topic, const std::string& key, const std::string& value) {
    ASSERT_TRUE(AddAll({{topic, key, value}}));
  }
  Result<> Drain() { return RunBlocking(relay_.Drain(Deadline::Never())); }
  std::int64_t Waiting() {
    std::int64_t count = -1;
    EXPECT_TRUE(RunBlocking(database_->Read(
        [&](Transaction& tx) {
          return tx.Query("SELECT count(*) FROM outbox", {},
                          [&](const Row& row) { count = row.Int(0); });
        },
        Deadline::Never())));
    return count;
  }
  void StartRelay() { tasks_.Spawn(threads_.At(0), relay_.Run(tasks_.stop_token())); }
  void StopRelay() { tasks_.StopBlocking(); }

  FakeClock clock_;
  Logger logger_{LogOptions{.level = LogLevel::kError}};
  Metrics metrics_;
  Schema schema_ = OutboxSchema();
  TempDatabase database_{clock_, std::span(&schema_, 1)};
  FaultPlan database_plan_, log_plan_;
  FaultyDatabase faulty_{*database_, database_plan_};
  RecordingLog log_{log_plan_};
  OutboxRelay relay_{faulty_, log_,    {.batch = 1'000, .idle_wait = Duration(60'000)},
                     clock_,  logger_, metrics_};
  IoThreads threads_{1};
  TaskGroup tasks_{"relay", logger_};
};

TEST_F(OutboxTest, FactsReachTheirTopicsInTheOrderOfTheirCommits) {
  ASSERT_TRUE(AddAll({{"posts", "ana", "1"}, {"follows", "ben", "2"}, {"posts", "ana", "3"}}));
  Add("posts", "ben", "4");
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Records("posts"), ElementsAre("ana:1", "ana:3", "ben:4"));
  EXPECT_THAT(log_.Records("follows"), ElementsAre("ben:2"));
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(OutboxTest, NothingIsAppendedWhenThereIsNothing) {
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Batches(), IsEmpty());
}

TEST_F(OutboxTest, AFactLivesAndDiesWithItsTransaction) {
  EXPECT_FALSE(RunBlocking(database_->Write(
      [](Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(AddToOutbox(tx, "posts", "ana", "1"));
        return Forbidden("no");
      },
      Deadline::Never())));
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Records("posts"), IsEmpty());
}

TEST_F(OutboxTest, ManyFactsGoInBatches) {
  std::vector<std::array<std::string, 3>> facts;
  for (int i = 0; i < 2'500; ++i) facts.push_back({"posts", "ana", std::to_string(i)});
  ASSERT_TRUE(AddAll(facts));
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Batches(), ElementsAre(1'000, 1'000, 500));
  EXPECT_THAT(metrics_.Render(), testing::HasSubstr("freshet_outbox_relayed_total 2500\n"));
  EXPECT_THAT(metrics_.Render(), testing::HasSubstr("freshet_outbox_pending 0\n"));
}

TEST_F(OutboxTest, LargeFactsGoInSmallBatches) {
  const std::string large(kMaxFactBytes - 3, 'x');
  for (int i = 0; i < 30; ++i) Add("posts", "ana", large);
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Records("posts"), SizeIs(30));
  EXPECT_LT(log_.LargestBatch(), 10u << 20);
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(OutboxTest, AFactThatTheLogWouldRefuseIsRefusedAtOnce) {
  const auto outcome = AddAll({{"posts", "ana", std::string(kMaxFactBytes, 'x')}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), "fact_too_large");
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(OutboxTest, WhatTheLogDidNotTakeStays) {
  Add("posts", "ana", "1");
  log_plan_.FailNext();
  const auto outcome = Drain();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(Waiting(), 1);
  Add("posts", "ana", "2");
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Records("posts"), ElementsAre("ana:1", "ana:2"));
}

TEST_F(OutboxTest, AnUnknownOutcomeIsAppendedAgain) {
  Add("posts", "ana", "1");
  log_plan_.FailNextAfterEffect();
  EXPECT_FALSE(Drain());
  EXPECT_TRUE(Drain());
  EXPECT_THAT(log_.Records("posts"), ElementsAre("ana:1", "ana:1"));
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(OutboxTest, WhatWasNotRemovedIsAppendedAgain) {
  Add("posts", "ana", "1");
  database_plan_.FailNext(1, "Write");
  EXPECT_FALSE(Drain());
  EXPECT_TRUE(Drain());
  EXPECT_THAT(log_.Records("posts"), ElementsAre("ana:1", "ana:1"));
}

TEST_F(OutboxTest, ARefusedTopicHoldsUpItsOwnFactsOnly) {
  log_.Refuse("gone");
  for (int i = 0; i < 1'500; ++i) Add("gone", "ana", std::to_string(i));
  Add("posts", "ana", "1");
  const auto outcome = Drain();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(log_.Records("posts"), ElementsAre("ana:1"));
  EXPECT_EQ(Waiting(), 1'500);
  log_.Refuse("");
  ASSERT_TRUE(Drain());
  EXPECT_THAT(log_.Records("gone"), SizeIs(1'500));
  EXPECT_EQ(log_.Records("gone").front(), "ana:0");
}

TEST_F(OutboxTest, ACommitWakesTheRelay) {
  StartRelay();
  for (std::size_t i = 1; i <= 20; ++i) {
    Add("posts", "ana", std::to_string(i));
    ASSERT_TRUE(log_.AwaitRecords("posts", i));
  }
  StopRelay();
}

TEST_F(OutboxTest, TheRelayFindsWhatWasThereBeforeItStarted) {
  Add("posts", "ana", "1");
  StartRelay();
  EXPECT_TRUE(log_.AwaitRecords("posts", 1));
  StopRelay();
}

TEST_F(OutboxTest, TheRelayTriesAgainAfterFailures) {
  log_plan_.FailNext(3);
  Add("posts", "ana", "1");
  StartRelay();
  EXPECT_TRUE(log_.AwaitRecords("posts", 1));
  StopRelay();
  EXPECT_THAT(metrics_.Render(), testing::HasSubstr("freshet_outbox_failures_total 3\n"));
}

TEST_F(OutboxTest, ARelayThatHasStoppedListensNoMore) {
  StartRelay();
  StopRelay();
  Add("posts", "ana", "1");
  EXPECT_THAT(log_.Records("posts"), IsEmpty());
  EXPECT_EQ(Waiting(), 1);
}

// Many writers, a log and a database that fail at random: every fact arrives, and those of one key
// arrive for the first time in the order of their commits.
TEST_F(OutboxTest, NothingIsLostOrReorderedWhateverFails) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  RecordProperty("seed", std::to_string(seed));
  FaultPlan log_plan(seed, {.fail_before = 0.05, .fail_after = 0.05});
  FaultPlan database_plan(seed + 1, {.fail_before = 0.03, .fail_after = 0.03});
  FaultyDatabase faulty(*database_, database_plan);
  RecordingLog log(log_plan);
  OutboxRelay relay(faulty, log, {.batch = 7, .idle_wait = Duration(1)}, clock_, logger_, metrics_);
  std::mt19937 random(seed);
  std::map<std::string, std::vector<std::string>> expected;
  for (int i = 0; i < 300; ++i) {
    const auto key = fmt::format("key{}", random() % 5);
    Add("posts", key, std::to_string(i));
    expected[key].push_back(fmt::format("{}:{}", key, i));
    if (random() % 10 == 0) std::ignore = RunBlocking(relay.Drain(Deadline::Never()));
  }
  for (int tries = 0; Waiting() > 0; ++tries) {
    ASSERT_LT(tries, 1'000);
    std::ignore = RunBlocking(relay.Drain(Deadline::Never()));
  }
  std::map<std::string, std::vector<std::string>> firsts;
  std::set<std::string> seen;
  for (const auto& record : log.Records("posts")) {
    if (seen.insert(record).second) firsts[record.substr(0, record.find(':'))].push_back(record);
  }
  EXPECT_EQ(firsts, expected);
  EXPECT_THAT(log_plan.faults() + database_plan.faults(), Gt(0u));
}

}  // namespace
}  // namespace freshet::stores
