#include "stores/log/rocksdb_event_log.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <future>
#include <numeric>

#include "base/io_threads.h"
#include "stores/log/testing/faulty_disk.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

using Values = std::vector<std::string>;

class RocksDbEventLogTest : public testing::Test {
 protected:
  void SetUp() override { Start(TemporaryEventLog::FastOptions()); }

  void Start(RocksDbEventLogOptions options) {
    temporary_.reset();
    temporary_ = std::make_unique<TemporaryEventLog>(&clock_, options, disk_.env());
    CreateTopic("posts", {.partitions = 1});
  }

  RocksDbEventLog& log() { return temporary_->log(); }
  Deadline Soon() { return Deadline::After(clock_, Duration(60'000)); }
  Deadline Now() { return Deadline::After(clock_, Duration(0)); }

  void CreateTopic(const std::string& name, TopicOptions options) {
    const auto made = RunBlocking(log().CreateTopic(name, options, Soon()));
    ASSERT_TRUE(made) << made.error().ToString();
  }
  Result<std::vector<PartitionPosition>> Append(const std::string& value,
                                                const std::string& topic = "posts") {
    return RunBlocking(
        log().Append(topic, {{.key = value, .value = value, .headers = {}}}, Soon()));
  }
  // `count` records of `bytes` each, in one batch.
  void AppendMany(int count, std::size_t bytes, const std::string& topic = "posts") {
    std::vector<Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back(
          {.key = std::to_string(i), .value = std::string(bytes, 'x'), .headers = {}});
    }
    const auto done = RunBlocking(log().Append(topic, std::move(records), Soon()));
    ASSERT_TRUE(done) << done.error().ToString();
  }
  std::unique_ptr<Consumer> Join(const std::string& group, const std::string& topic = "posts") {
    return *RunBlocking(log().Join(group, {topic}, Soon()));
  }
  Values Poll(Consumer& consumer, std::size_t most = 1'000) {
    Values values;
    const auto batches = RunBlocking(consumer.Poll(most, Now()));
    EXPECT_TRUE(batches) << batches.error().ToString();
    for (const auto& batch : *batches) {
      for (const auto& stored : batch.records) values.push_back(stored.record.value);
    }
    return values;
  }
  Values ReadAll(Offset from = 0) {
    Values values;
    const auto records = RunBlocking(log().Read({"posts", 0, from}, 10'000, Soon()));
    EXPECT_TRUE(records) << records.error().ToString();
    for (const auto& stored : *records) values.push_back(stored.record.value);
    return values;
  }
  TopicState Topic(const std::string& name = "posts") {
    const auto state = RunBlocking(log().Describe(Soon()));
    return *std::ranges::find(state->topics, name, &TopicState::name);
  }
  PartitionState Partition(const std::string& name = "posts") { return Topic(name).partitions[0]; }
  double Metric(const std::string& name) {
    return temporary_->metrics().GetCounter(name, "").Value();
  }
  // Starts an append on the given thread of `threads_`; Outcomes waits for all.
  void StartAppend(const std::string& value, Deadline deadline) {
    auto promise = std::make_shared<std::promise<Result<std::vector<PartitionPosition>>>>();
    outcomes_.push_back(promise->get_future());
    boost::asio::co_spawn(
        threads_.Next(),
        log().Append("posts", {{.key = value, .value = value, .headers = {}}}, deadline),
        [promise](const std::exception_ptr&, auto outcome) {
          promise->set_value(std::move(outcome));
        });
  }
  std::vector<Result<std::vector<PartitionPosition>>> Outcomes() {
    std::vector<Result<std::vector<PartitionPosition>>> all;
    for (auto& outcome : outcomes_) all.push_back(outcome.get());
    outcomes_.clear();
    return all;
  }
  double QueuedWrites() {
    return temporary_->metrics().GetGauge("freshet_log_queued_writes", "").Value();
  }

  FakeClock clock_;
  FaultyDisk disk_;
  std::unique_ptr<TemporaryEventLog> temporary_;
  IoThreads threads_{1};
  std::vector<std::future<Result<std::vector<PartitionPosition>>>> outcomes_;
};

RocksDbEventLogOptions Syncing() {
  RocksDbEventLogOptions options;
  options.durability = Durability::kFsync;
  return options;
}

TEST_F(RocksDbEventLogTest, AMemberThatStopsPollingLosesItsPartitions) {
  ASSERT_TRUE(Append("ana"));
  const auto silent = Join("fanout"), lively = Join("fanout");
  const bool first_has_it = !Poll(*silent).empty();
  auto& holder = first_has_it ? *silent : *lively;
  auto& other = first_has_it ? *lively : *silent;
  if (!first_has_it) EXPECT_THAT(Poll(holder), ElementsAre("ana"));
  clock_.Advance(Duration(29'000));
  EXPECT_THAT(Poll(other), IsEmpty());
  clock_.Advance(Duration(1'000));
  EXPECT_THAT(Poll(other), ElementsAre("ana"));
  const auto fenced = RunBlocking(holder.Commit({{"posts", 0, 1}}, Soon()));
  ASSERT_FALSE(fenced);
  EXPECT_EQ(fenced.error().code(), "fenced");
}

TEST_F(RocksDbEventLogTest, AMemberThatWasExpelledComesBackWithItsNextPoll) {
  const auto member = Join("fanout");
  Poll(*member);
  clock_.Advance(Duration(60'000));
  const auto newcomer = Join("fanout");
  Poll(*newcomer);
  newcomer->Wake();
  RunBlocking(newcomer->Leave());
  ASSERT_TRUE(Append("ana"));
  EXPECT_THAT(Poll(*member), ElementsAre("ana"));
  EXPECT_TRUE(RunBlocking(member->Commit({{"posts", 0, 1}}, Soon())));
}

TEST_F(RocksDbEventLogTest, TheTimesOfAPartitionNeverStepBack) {
  ASSERT_TRUE(Append("ana"));
  const auto first = clock_.Now();
  clock_.SetNow(first - Duration(3'600'000));
  ASSERT_TRUE(Append("ben"));
  temporary_->Reopen();
  ASSERT_TRUE(Append("cleo"));
  clock_.SetNow(first + Duration(5));
  ASSERT_TRUE(Append("dora"));
  std::vector<Timestamp> times;
  const auto records = RunBlocking(log().Read({"posts", 0, 0}, 10, Soon()));
  for (const auto& stored : *records) times.push_back(stored.appended_at);
  EXPECT_THAT(times, ElementsAre(first, first, first, first + Duration(5)));
}

TEST_F(RocksDbEventLogTest, FindTimeIsRightInEveryPartOfALongPartition) {
  std::vector<Timestamp> times;
  for (int i = 0; i < 60; ++i) {
    times.push_back(clock_.Now());
    AppendMany(1 + i % 7 * 40, 1'000);
    clock_.Advance(Duration(1'000));
  }
  temporary_->Reopen();
  Offset expected = 0;
  for (int i = 0; i < 60; ++i) {
    const auto at = times[static_cast<std::size_t>(i)];
    for (const auto time : {at, at - Duration(1)}) {
      const auto found = RunBlocking(log().FindTime("posts", time, Soon()));
      ASSERT_TRUE(found);
      EXPECT_EQ(found->at(0).offset, expected) << i;
    }
    expected += static_cast<Offset>(1 + i % 7 * 40);
  }
}

TEST_F(RocksDbEventLogTest, AReaderThatKeepsUpNeverReadsTheDisk) {
  auto reader = Join("fanout");
  for (int i = 0; i < 50; ++i) {
    AppendMany(20, 1'000);
    EXPECT_THAT(Poll(*reader), SizeIs(20));
  }
  EXPECT_EQ(Metric("freshet_log_disk_reads_total"), 0);
  reader.reset();
  temporary_->Reopen();
  EXPECT_THAT(ReadAll(), SizeIs(1'000));
  EXPECT_GT(Metric("freshet_log_disk_reads_total"), 0);
}

TEST_F(RocksDbEventLogTest, AReaderThatFellBehindTheMemoryMissesNothing) {
  auto options = TemporaryEventLog::FastOptions();
  options.tail_bytes = 0;  // the least share remains
  Start(options);
  const auto reader = Join("fanout");
  for (int i = 0; i < 1'500; ++i) ASSERT_TRUE(Append(std::to_string(i)));
  Values values;
  for (auto more = Poll(*reader, 37); !more.empty(); more = Poll(*reader, 37)) {
    values.insert(values.end(), more.begin(), more.end());
  }
  ASSERT_THAT(values, SizeIs(1'500));
  for (int i = 0; i < 1'500; ++i) {
    EXPECT_EQ(values[static_cast<std::size_t>(i)], std::to_string(i));
  }
  EXPECT_GT(Metric("freshet_log_disk_reads_total"), 0);
}

TEST_F(RocksDbEventLogTest, AFetchStopsAtItsBytesButTakesOneRecordAtLeast) {
  auto options = TemporaryEventLog::FastOptions();
  options.fetch_bytes = 10'000;
  Start(options);
  AppendMany(3, 4'000);
  AppendMany(1, 50'000);
  auto reader = Join("fanout");
  EXPECT_THAT(Poll(*reader), SizeIs(2));
  EXPECT_THAT(Poll(*reader), SizeIs(1));
  EXPECT_THAT(Poll(*reader), SizeIs(1));
  reader.reset();
  temporary_->Reopen();
  EXPECT_THAT(ReadAll(), SizeIs(2));
  EXPECT_THAT(ReadAll(3), SizeIs(1));
}

TEST_F(RocksDbEventLogTest, AppendsThatComeTogetherShareASync) {
  Start(Syncing());
  disk_.HoldSyncs();
  const auto before = disk_.syncs();
  StartAppend("first", Soon());
  disk_.AwaitHeldSync();
  for (int i = 0; i < 1'000; ++i) StartAppend(std::to_string(i), Soon());
  // When an append that is posted after them has run, all of them wait in the queue.
  std::promise<void> posted;
  boost::asio::post(threads_.At(0), [&] { posted.set_value(); });
  posted.get_future().wait();
  disk_.ReleaseSyncs();
  for (const auto& outcome : Outcomes()) EXPECT_TRUE(outcome);
  EXPECT_EQ(disk_.syncs() - before, 2u);
  EXPECT_THAT(ReadAll(), SizeIs(1'001));
}

TEST_F(RocksDbEventLogTest, AnAppendIsNotAnsweredBeforeItsSync) {
  Start(Syncing());
  disk_.HoldSyncs();
  StartAppend("ana", Soon());
  disk_.AwaitHeldSync();
  EXPECT_EQ(outcomes_[0].wait_for(Duration(0)), std::future_status::timeout);
  EXPECT_THAT(ReadAll(), IsEmpty());
  disk_.ReleaseSyncs();
  EXPECT_TRUE(Outcomes()[0]);
}

TEST_F(RocksDbEventLogTest, AFullQueueRefusesAtOnce) {
  auto options = Syncing();
  options.queued_writes = 2;
  Start(options);
  disk_.HoldSyncs();
  StartAppend("writing", Soon());
  disk_.AwaitHeldSync();
  StartAppend("waits", Soon());
  StartAppend("waits", Soon());
  StartAppend("refused", Soon());
  const auto refused = outcomes_[3].get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted);
  EXPECT_EQ(refused.error().code(), "queue_full");
  EXPECT_TRUE(refused.error().retry_after());
  disk_.ReleaseSyncs();
  outcomes_.pop_back();
  for (const auto& outcome : Outcomes()) EXPECT_TRUE(outcome);
  EXPECT_THAT(ReadAll(), ElementsAre("writing", "waits", "waits"));
}

TEST_F(RocksDbEventLogTest, WhatWaitedBeyondItsDeadlineIsNotWritten) {
  Start(Syncing());
  disk_.HoldSyncs();
  StartAppend("writing", Soon());
  disk_.AwaitHeldSync();
  StartAppend("late", Deadline::After(clock_, Duration(100)));
  std::promise<void> posted;
  boost::asio::post(threads_.At(0), [&] { posted.set_value(); });
  posted.get_future().wait();
  clock_.Advance(Duration(100));
  disk_.ReleaseSyncs();
  const auto outcomes = Outcomes();
  EXPECT_TRUE(outcomes[0]);
  ASSERT_FALSE(outcomes[1]);
  EXPECT_EQ(outcomes[1].error().kind(), ErrorKind::kDeadline);
  EXPECT_THAT(ReadAll(), ElementsAre("writing"));
}

TEST_F(RocksDbEventLogTest, AFullDiskIsSaidSoAndLeavesNoGapWhenThereIsSpaceAgain) {
  for (const auto durability : {Durability::kFsync, Durability::kOs}) {
    auto options = Syncing();
    options.durability = durability;
    Start(options);
    ASSERT_TRUE(Append("ana"));
    disk_.Fill();
    for (int i = 0; i < 3; ++i) {
      const auto full = Append("lost");
      ASSERT_FALSE(full);
      EXPECT_EQ(full.error().kind(), ErrorKind::kExhausted);
      EXPECT_EQ(full.error().code(), "disk_full");
    }
    EXPECT_THAT(ReadAll(), ElementsAre("ana"));
    disk_.Free();
    clock_.Advance(Duration(1'000));
    const auto again = Append("ben");
    ASSERT_TRUE(again) << again.error().ToString();
    EXPECT_EQ(Append("cleo")->at(0).offset, 2u);
    EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben", "cleo"));
    temporary_->Reopen();
    EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben", "cleo"));
  }
}

TEST_F(RocksDbEventLogTest, AFolderBelongsToOneProcessAtATime) {
  BlockingPool pool("reads", 1, 10, temporary_->metrics());
  const auto second = RocksDbEventLog::Open({}, temporary_->folder(),
                                            {.pool = pool,
                                             .clock = clock_,
                                             .logger = temporary_->logger(),
                                             .metrics = temporary_->metrics()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind(), ErrorKind::kUnavailable);
}

TEST_F(RocksDbEventLogTest, OptionsOfATopicCanChangeAndAreKept) {
  CreateTopic("posts", {.partitions = 1, .retention_time = Duration(5), .retention_bytes = 7});
  temporary_->Reopen();
  EXPECT_EQ(Topic().options.retention_time, Duration(5));
  EXPECT_EQ(Topic().options.retention_bytes, 7u);
}

TEST_F(RocksDbEventLogTest, ATopicsBytesAreTheSameAfterAReopening) {
  for (int i = 0; i < 20; ++i) AppendMany(i * 10, 500);
  const auto before = Partition();
  EXPECT_THAT(before.bytes, Ge(1'900u * 500));
  temporary_->Reopen();
  EXPECT_EQ(Partition().bytes, before.bytes);
  EXPECT_EQ(Partition().end, before.end);
}

TEST_F(RocksDbEventLogTest, RecordsOlderThanTheTopicKeepsGoAndNoOthers) {
  CreateTopic("posts", {.partitions = 1, .retention_time = Duration(10'000)});
  AppendMany(700, 1'000);
  clock_.Advance(Duration(5'000));
  ASSERT_TRUE(Append("ana"));
  clock_.Advance(Duration(5'000));
  ASSERT_TRUE(log().EnforceRetention());
  EXPECT_EQ(Partition().begin, 0u);
  clock_.Advance(Duration(1));
  ASSERT_TRUE(log().EnforceRetention());
  EXPECT_EQ(Partition().begin, 700u);
  EXPECT_THAT(ReadAll(), ElementsAre("ana"));
  EXPECT_THAT(Partition().bytes, Le(100u));
}

TEST_F(RocksDbEventLogTest, APartitionThatLostEveryRecordGoesOnCounting) {
  AppendMany(5'000, 100);
  clock_.Advance(Duration(8LL * 24 * 3'600'000));
  ASSERT_TRUE(log().EnforceRetention());
  EXPECT_EQ(Partition().begin, 5'000u);
  EXPECT_EQ(Partition().bytes, 0u);
  temporary_->Reopen();
  EXPECT_EQ(Partition().begin, 5'000u);
  EXPECT_EQ(Append("ana")->at(0).offset, 5'000u);
  EXPECT_THAT(ReadAll(), ElementsAre("ana"));
}

TEST_F(RocksDbEventLogTest, ATopicKeepsNoMoreBytesThanItMay) {
  constexpr std::uint64_t kMost = 700'000;
  CreateTopic("wide", {.partitions = 3, .retention_bytes = kMost});
  for (int i = 0; i < 30; ++i) {
    AppendMany(60, 1'000, "wide");
    clock_.Advance(Duration(1'000));
  }
  ASSERT_TRUE(log().EnforceRetention());
  for (int round = 0; round < 2; ++round) {
    std::uint64_t bytes = 0;
    for (const auto& partition : Topic("wide").partitions) bytes += partition.bytes;
    EXPECT_THAT(bytes, Le(kMost));
    EXPECT_THAT(bytes, Ge(kMost - 1'100));
    temporary_->Reopen();
  }
}

TEST_F(RocksDbEventLogTest, AGroupBehindTheBeginGoesOnAtTheOldestRecord) {
  const auto reader = Join("fanout");
  AppendMany(10, 10);
  EXPECT_THAT(Poll(*reader, 3), SizeIs(3));
  ASSERT_TRUE(RunBlocking(reader->Commit({{"posts", 0, 3}}, Soon())));
  clock_.Advance(Duration(8LL * 24 * 3'600'000));
  ASSERT_TRUE(Append("ana"));
  ASSERT_TRUE(log().EnforceRetention());
  EXPECT_THAT(Poll(*reader), ElementsAre("ana"));
  EXPECT_EQ(RunBlocking(log().Describe(Soon()))->groups[0].partitions[0].lag, 1u);
  EXPECT_THAT(Poll(*Join("index")), ElementsAre("ana"));
}

}  // namespace
}  // namespace freshet::stores
