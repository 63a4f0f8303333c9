#include "stores/log/log_worker.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <future>
#include <random>
#include <set>

#include "base/io_threads.h"
#include "base/mutex.h"
#include "stores/log/testing/faulty_event_log.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Texts = std::vector<std::string>;

class LogWorkerTest : public testing::Test {
 protected:
  LogWorkerTest() { CreateTopic("posts", 1); }

  Deadline Soon() { return Deadline::After(temporary_.clock(), Duration(30'000)); }
  void CreateTopic(const std::string& name, std::uint32_t partitions) {
    EXPECT_TRUE(RunBlocking(inner().CreateTopic(name, {.partitions = partitions}, Soon())));
  }
  EventLog& inner() { return temporary_.log(); }
  void Append(const Texts& texts, const std::string& topic = "posts") {
    std::vector<Record> records;
    for (const auto& text : texts) {
      records.push_back({.key = text.substr(0, text.find(':')), .value = text, .headers = {}});
    }
    ASSERT_TRUE(RunBlocking(inner().Append(topic, std::move(records), Soon())));
  }

  // A handler whose effect is to note the values, unless `fail` has an error for one of them.
  LogHandler Noting(std::function<std::optional<Error>(const std::string&)> fail = {}) {
    return [this, fail = std::move(fail)](
               const std::string&, std::span<const StoredRecord> records) -> Awaitable<Result<>> {
      ++calls_;
      for (const auto& stored : records) {
        if (!fail) continue;
        if (auto error = fail(stored.record.value)) co_return std::unexpected(*std::move(error));
      }
      MutexLock lock(mutex_);
      for (const auto& stored : records) processed_.push_back(stored.record.value);
      changed_.NotifyAll();
      co_return Result<>{};
    };
  }
  std::unique_ptr<LogWorker> Worker(LogHandler handler, const std::string& group = "fanout",
                                    std::int64_t parallelism = 1) {
    const LogWorkerOptions options{
        .parallelism = parallelism, .first_backoff = Duration(1), .longest_backoff = Duration(2)};
    return std::make_unique<LogWorker>(log_, LogSubscription{group, {"posts"}}, options,
                                       std::move(handler), temporary_.clock(), temporary_.logger(),
                                       temporary_.metrics());
  }
  void Drain(LogWorker& worker) {
    const auto done = RunBlocking(worker.Drain(Soon()));
    ASSERT_TRUE(done) << done.error().ToString();
  }
  Texts Processed() {
    MutexLock lock(mutex_);
    return processed_;
  }
  // Returns when so many records were processed, or after half a minute.
  void AwaitProcessed(std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + Duration(30'000);
    MutexLock lock(mutex_);
    while (processed_.size() < count && changed_.WaitUntil(mutex_, until)) {
    }
  }
  void AwaitDifferent(std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + Duration(30'000);
    MutexLock lock(mutex_);
    while (std::set(processed_.begin(), processed_.end()).size() < count &&
           changed_.WaitUntil(mutex_, until)) {
    }
  }
  Texts Dead() {
    Texts values;
    DeadLetters letters(inner(), temporary_.clock());
    const auto page = RunBlocking(letters.List("posts", "", 1'000, Soon()));
    EXPECT_TRUE(page) << page.error().ToString();
    for (const auto& letter : page->letters) values.push_back(letter.record.value);
    return values;
  }
  std::uint64_t Lag(const std::string& group = "fanout") {
    const auto state = RunBlocking(inner().Describe(Soon()));
    std::uint64_t lag = 0;
    for (const auto& entry : state->groups) {
      if (entry.name != group) continue;
      for (const auto& partition : entry.partitions) lag += partition.lag;
    }
    return lag;
  }
  double Metric(const std::string& name, MetricLabels labels) {
    return temporary_.metrics().GetCounter(name, "", labels).Value();
  }

  TemporaryEventLog temporary_;
  FaultPlan plan_;
  FaultyEventLog log_{temporary_.log(), plan_};
  std::atomic<int> calls_{0};
  Mutex mutex_;
  CondVar changed_;
  Texts processed_ GUARDED_BY(mutex_);
};

TEST_F(LogWorkerTest, EveryRecordIsProcessedInOrderAndCommitted) {
  Append({"ana:1", "ana:2", "ana:3"});
  const auto worker = Worker(Noting());
  Drain(*worker);
  EXPECT_THAT(Processed(), ElementsAre("ana:1", "ana:2", "ana:3"));
  EXPECT_EQ(Lag(), 0u);
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(Metric("freshet_worker_records_total", {{"group", "fanout"}, {"outcome", "done"}}), 3);
  Drain(*worker);
  EXPECT_THAT(Processed(), SizeIs(3));
}

TEST_F(LogWorkerTest, APoisonedRecordGoesToTheDeadLettersAloneAfterThreeAttempts) {
  Append({"ana:1", "poison", "ana:2"});
  int attempts = 0;
  Drain(*Worker(Noting([&](const std::string& value) -> std::optional<Error> {
    if (value != "poison") return std::nullopt;
    ++attempts;
    return Error(ErrorKind::kInvalid, "no text");
  })));
  EXPECT_THAT(Processed(), ElementsAre("ana:1", "ana:2"));
  EXPECT_THAT(Dead(), ElementsAre("poison"));
  EXPECT_EQ(attempts, 1 + 3);
  EXPECT_EQ(Lag(), 0u);
}

TEST_F(LogWorkerTest, AnExceptionCountsAsAFailureOfTheRecord) {
  Append({"poison"});
  Drain(*Worker([](const std::string&, std::span<const StoredRecord>) -> Awaitable<Result<>> {
    throw std::runtime_error("a bug");
    co_return Result<>{};
  }));
  EXPECT_THAT(Dead(), ElementsAre("poison"));
}

TEST_F(LogWorkerTest, WhileAPartIsDownNothingIsGivenUpAndOrderIsKept) {
  Append({"ana:1", "ana:2", "ana:3"});
  int outages = 20;
  Drain(*Worker(Noting([&](const std::string& value) -> std::optional<Error> {
    if (value != "ana:2" || outages-- <= 0) return std::nullopt;
    return Error(ErrorKind::kUnavailable, "down");
  })));
  EXPECT_THAT(Processed(), ElementsAre("ana:1", "ana:2", "ana:3"));
  EXPECT_THAT(Dead(), IsEmpty());
}

TEST_F(LogWorkerTest, ARecordThatFailsOnceSucceedsOnRepetition) {
  Append({"ana:1"});
  bool failed = false;
  Drain(*Worker(Noting([&](const std::string&) -> std::optional<Error> {
    if (std::exchange(failed, true)) return std::nullopt;
    return Error(ErrorKind::kInternal, "a hiccup");
  })));
  EXPECT_THAT(Processed(), ElementsAre("ana:1"));
  EXPECT_THAT(Dead(), IsEmpty());
}

TEST_F(LogWorkerTest, ADeadLetterIsKeptBeforeItsRecordIsCommitted) {
  Append({"poison"});
  plan_.FailNext(3, "Append");
  Drain(*Worker(Noting(
      [](const std::string&) { return std::optional(Error(ErrorKind::kInvalid, "no text")); })));
  EXPECT_THAT(Dead(), ElementsAre("poison"));
}

TEST_F(LogWorkerTest, ACommitThatFailsIsRepeated) {
  Append({"ana:1"});
  plan_.FailNext(5, "Commit");
  Drain(*Worker(Noting()));
  EXPECT_EQ(Lag(), 0u);
  EXPECT_THAT(Processed(), SizeIs(1));
}

TEST_F(LogWorkerTest, WhatWasNotCommittedIsProcessedAgain) {
  Append({"ana:1"});
  const auto consumer = RunBlocking(inner().Join("fanout", {"posts"}, Soon()));
  ASSERT_TRUE(RunBlocking((*consumer)->Poll(1, Soon())));
  RunBlocking((*consumer)->Leave());
  Drain(*Worker(Noting()));
  EXPECT_THAT(Processed(), ElementsAre("ana:1"));
}

TEST_F(LogWorkerTest, AReplayedRecordIsProcessedByItsGroupAlone) {
  Append({"poison"});
  bool poisoned = true;
  const auto fanout = Worker(Noting([&](const std::string&) -> std::optional<Error> {
    if (!poisoned) return std::nullopt;
    return Error(ErrorKind::kInvalid, "no text");
  }));
  Drain(*fanout);
  poisoned = false;
  DeadLetters letters(inner(), temporary_.clock());
  ASSERT_TRUE(RunBlocking(letters.Replay("posts", "fanout:0:0", Soon())));
  Append({"ana:1"});
  Drain(*fanout);
  EXPECT_THAT(Processed(), ElementsAre("poison", "ana:1"));
  Drain(*Worker(Noting(), "index"));
  EXPECT_THAT(Processed(), ElementsAre("poison", "ana:1", "poison", "ana:1"));
}

TEST_F(LogWorkerTest, DrainGivesUpAtItsDeadline) {
  Append({"ana:1"});
  const auto worker = Worker(Noting([](const std::string&) {
    return std::optional(Error(ErrorKind::kUnavailable, "down for good"));
  }));
  const auto drained =
      RunBlocking(worker->Drain(Deadline::After(temporary_.clock(), Duration(50))));
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(Lag(), 1u);
}

TEST_F(LogWorkerTest, RunProcessesWhatComesUntilItIsStopped) {
  const auto worker = Worker(Noting());
  IoThreads threads(1);
  std::stop_source stop;
  std::promise<void> ended;
  boost::asio::co_spawn(threads.At(0), worker->Run(stop.get_token()),
                        [&](const std::exception_ptr&) { ended.set_value(); });
  Append({"ana:1"});
  AwaitProcessed(1);
  Append({"ana:2"});
  AwaitProcessed(2);
  stop.request_stop();
  ended.get_future().wait();
  EXPECT_THAT(Processed(), ElementsAre("ana:1", "ana:2"));
  EXPECT_EQ(Lag(), 0u);
}

TEST_F(LogWorkerTest, AStopEndsAWorkerWhosePartIsDown) {
  Append({"ana:1"});
  std::promise<void> called;
  bool told = false;
  const auto worker = Worker(Noting([&](const std::string&) {
    if (!std::exchange(told, true)) called.set_value();
    return std::optional(Error(ErrorKind::kUnavailable, "down for good"));
  }));
  IoThreads threads(1);
  std::stop_source stop;
  std::promise<void> ended;
  boost::asio::co_spawn(threads.At(0), worker->Run(stop.get_token()),
                        [&](const std::exception_ptr&) { ended.set_value(); });
  called.get_future().wait();
  stop.request_stop();
  ended.get_future().wait();
  EXPECT_EQ(Lag(), 1u);
}

// With parallel members, a log that fails before and after its effects, and parts that fail now and
// then, every record is processed at least once, in the order of its key, and nothing is given up.
TEST_F(LogWorkerTest, NothingIsLostWhateverFails) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  ASSERT_TRUE(RunBlocking(inner().CreateTopic("wide", {.partitions = 4}, Soon())));
  Texts expected;
  for (int i = 0; i < 300; ++i)
    expected.push_back(std::to_string(i % 10) + ":" + std::to_string(1'000 + i));
  Append(expected, "wide");
  FaultPlan plan(seed, {.fail_before = 0.2, .fail_after = 0.2});
  FaultyEventLog faulty(inner(), plan);
  FaultPlan parts(seed + 1, {.fail_after = 0.3});
  const LogHandler note = Noting();
  const LogHandler handler = [&](const std::string& topic,
                                 std::span<const StoredRecord> records) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await note(topic, records));
    co_return parts.After("Handle");
  };
  LogWorker worker(faulty, {"fanout", {"wide"}},
                   {.parallelism = 3,
                    .max_records = 7,
                    .first_backoff = Duration(1),
                    .longest_backoff = Duration(2)},
                   handler, temporary_.clock(), temporary_.logger(), temporary_.metrics());
  IoThreads threads(1);
  std::stop_source stop;
  std::promise<void> ended;
  boost::asio::co_spawn(threads.At(0), worker.Run(stop.get_token()),
                        [&](const std::exception_ptr&) { ended.set_value(); });
  AwaitDifferent(expected.size());
  plan.Heal();
  stop.request_stop();
  ended.get_future().wait();
  Drain(worker);
  EXPECT_EQ(Lag(), 0u);
  const auto seen = Processed();
  std::map<char, Texts> firsts;
  std::set<std::string> known;
  for (const auto& value : seen) {
    if (known.insert(value).second) firsts[value[0]].push_back(value);
  }
  EXPECT_EQ(known.size(), expected.size());
  for (const auto& [key, values] : firsts) EXPECT_TRUE(std::ranges::is_sorted(values)) << key;
}

// A handler in which time passes, seen by a rival of the same group.
class SlowHandlerTest : public testing::Test {
 protected:
  SlowHandlerTest() {
    const auto late = Deadline::Never();
    EXPECT_TRUE(RunBlocking(log().CreateTopic("posts", {.partitions = 1}, late)));
    EXPECT_TRUE(RunBlocking(
        log().Append("posts", {{.key = "ana", .value = "ana:1", .headers = {}}}, late)));
  }
  EventLog& log() { return temporary_.log(); }
  // A call of the handler takes a minute, twice the log's session timeout. The timers on its thread
  // run in order, so that between two steps a heartbeat has its turn.
  Awaitable<Result<>> TakeAMinute() {
    ++calls_;
    auto rival = *co_await log().Join("fanout", {"posts"}, Deadline::Never());
    for (int step = 0; step < 3; ++step) {
      clock_.Advance(Duration(20'000));
      for (const auto& batch : *co_await rival->Poll(10, Deadline::After(clock_, Duration(0)))) {
        taken_ += batch.records.size();
        EXPECT_TRUE(co_await rival->Commit({{"posts", 0, 1}}, Deadline::Never()));
      }
      co_await Sleep(Duration(400));
    }
    co_await rival->Leave();
    co_return Result<>{};
  }
  Result<> Drain(Duration handler_timeout) {
    LogWorker worker(
        log(), {"fanout", {"posts"}}, {.handler_timeout = handler_timeout},
        [this](const auto&, auto) { return TakeAMinute(); }, clock_, temporary_.logger(),
        temporary_.metrics());
    return RunBlocking(worker.Drain(Deadline::After(clock_, Duration(200'000))));
  }
  double Metric(const std::string& name) {
    return temporary_.metrics().GetCounter(name, "", {{"group", "fanout"}}).Value();
  }

  FakeClock clock_;
  TemporaryEventLog temporary_{&clock_};
  int calls_ = 0;
  std::size_t taken_ = 0;  // by the rival
};

TEST_F(SlowHandlerTest, AHandlerSlowerThanTheSessionKeepsItsPartitionsAndIsCalledOnce) {
  ASSERT_TRUE(Drain(Duration(300'000)));
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(taken_, 0u);
  EXPECT_EQ(Metric("freshet_worker_fenced_commits_total"), 0);
  EXPECT_EQ(Metric("freshet_worker_overdue_calls_total"), 0);
}

TEST_F(SlowHandlerTest, AHandlerBeyondItsTimeoutLosesItsPartitions) {
  ASSERT_TRUE(Drain(Duration(30'000)));
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(taken_, 1u);
  EXPECT_EQ(Metric("freshet_worker_fenced_commits_total"), 1);
  EXPECT_EQ(Metric("freshet_worker_overdue_calls_total"), 1);
}

}  // namespace
}  // namespace freshet::stores
