#include "stores/counters/memory_counters.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>
#include <tuple>

#include "base/io_threads.h"
#include "base/task_group.h"
#include "stores/counters/counters_snapshot.h"
#include "stores/counters/testing/counters_conformance.h"
#include "stores/counters/testing/faulty_counters.h"
#include "stores/counters/testing/plain_counters.h"
#include "stores/log/testing/faulty_event_log.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr CounterSpace kLikes{1, "post_likes"};
constexpr CounterSpace kViews{2, "post_views"};
constexpr CounterKey kPost{kLikes, 100};
constexpr CounterKey kPostViews{kViews, 100};

MemoryCountersOptions SmallOptions() {
  return {.partitions = 4, .snapshot_interval = Duration(3'600'000)};
}

// Counters on a real log, whose calls can be made to fail.
class TempCounters {
 public:
  explicit TempCounters(const Clock& clock, MemoryCountersOptions options = SmallOptions())
      : clock_(clock), options_(options), log_(&clock) {
    Reopen();
  }

  MemoryCounters& operator*() { return *counters_; }
  MemoryCounters* operator->() { return counters_.get(); }
  FaultPlan& plan() { return plan_; }
  std::filesystem::path file() const { return log_.folder() / "counters" / "snapshot"; }
  RocksDbEventLog& log() { return log_.log(); }

  Result<> TryOpen() {
    counters_.reset();
    ASSIGN_OR_RETURN(counters_, RunBlocking(MemoryCounters::Open(
                                    options_, file(), {faulty_, pool_, clock_, logger_, metrics_},
                                    Deadline::Never())));
    return {};
  }
  // As when the process ends without a word and starts again.
  void Reopen() {
    const auto opened = TryOpen();
    if (!opened) throw std::runtime_error(opened.error().ToString());
  }

 private:
  const Clock& clock_;
  const MemoryCountersOptions options_;
  TemporaryEventLog log_;
  FaultPlan plan_;
  FaultyEventLog faulty_{log_.log(), plan_};
  Logger logger_{{.level = LogLevel::kError}, [](std::string_view) {}};
  Metrics metrics_;
  BlockingPool pool_{"counters", 1, 100, metrics_};
  std::unique_ptr<MemoryCounters> counters_;
};

class MemoryUnderTest final : public CountersUnderTest {
 public:
  explicit MemoryUnderTest(const Clock& clock) : counters_(clock) {}
  Counters& counters() override { return *counters_; }
  // With and without a snapshot in turn.
  void Reopen() override {
    if (++reopenings_ % 2 == 0) EXPECT_TRUE(RunBlocking(counters_->TakeSnapshot()));
    counters_.Reopen();
  }

 private:
  TempCounters counters_;
  int reopenings_ = 0;
};

class PlainUnderTest final : public CountersUnderTest {
 public:
  explicit PlainUnderTest(const Clock& clock) : counters_(clock) {}
  Counters& counters() override { return counters_; }

 private:
  PlainCounters counters_;
};

template <class Subject>
CountersAdapter Adapter() {
  return {[](const Clock& clock) { return std::make_unique<Subject>(clock); }};
}
INSTANTIATE_TEST_SUITE_P(Memory, CountersConformance, testing::Values(Adapter<MemoryUnderTest>()));
INSTANTIATE_TEST_SUITE_P(Plain, CountersConformance, testing::Values(Adapter<PlainUnderTest>()));

Result<std::vector<MembershipChange>> Add(Counters& counters, std::uint64_t member,
                                          CounterKey set = kPost) {
  return RunBlocking(counters.AddMembers({{set, AccountId{member}}}, Deadline::Never()));
}
Result<std::vector<MembershipChange>> Remove(Counters& counters, std::uint64_t member) {
  return RunBlocking(counters.RemoveMembers({{kPost, AccountId{member}}}, Deadline::Never()));
}
Result<> View(Counters& counters, std::int64_t by = 1) {
  return RunBlocking(counters.Increment({{kPostViews, by}}, Deadline::Never()));
}
std::int64_t Count(Counters& counters, CounterKey key = kPost) {
  return RunBlocking(counters.Count({key}, Deadline::Never())).value().front();
}
std::uint64_t LoggedRecords(EventLog& log) {
  const auto state = RunBlocking(log.Describe(Deadline::Never()));
  std::uint64_t records = 0;
  for (const auto& partition : state.value().topics.at(0).partitions) records += partition.end;
  return records;
}

class MemoryCountersTest : public testing::Test {
 protected:
  FakeClock clock_;
  TempCounters counters_{clock_};
};

TEST_F(MemoryCountersTest, WhatChangesNothingIsNotLogged) {
  ASSERT_TRUE(Add(*counters_, 1));
  const auto before = LoggedRecords(counters_.log());
  ASSERT_TRUE(Add(*counters_, 1));
  ASSERT_TRUE(Remove(*counters_, 2));
  ASSERT_TRUE(View(*counters_, 0));
  EXPECT_EQ(LoggedRecords(counters_.log()), before);
}

TEST_F(MemoryCountersTest, ALogThatFailsChangesNothing) {
  ASSERT_TRUE(Add(*counters_, 1));
  counters_.plan().FailNext(1, "Append");
  const auto failed = Add(*counters_, 2);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(Count(*counters_), 1);
  counters_.Reopen();
  EXPECT_EQ(Count(*counters_), 1);
}

TEST_F(MemoryCountersTest, AnAppendOfUnknownOutcomeIsFoundBeforeTheNextChange) {
  ASSERT_TRUE(Add(*counters_, 1));
  counters_.plan().FailNextAfterEffect(1, "Append");
  EXPECT_FALSE(Add(*counters_, 2));
  counters_.plan().FailNextAfterEffect(1, "Append");
  EXPECT_FALSE(View(*counters_));
  // Had it not been found, this would look as if there were nothing to remove.
  const auto removed = Remove(*counters_, 2);
  ASSERT_TRUE(removed) << removed.error().ToString();
  EXPECT_TRUE(removed->front().changed);
  ASSERT_TRUE(View(*counters_));
  EXPECT_EQ(Count(*counters_, kPostViews), 2);
  counters_.Reopen();
  EXPECT_EQ(Count(*counters_), 1);
  EXPECT_EQ(Count(*counters_, kPostViews), 2);
}

TEST_F(MemoryCountersTest, NothingIsChangedWhileAnUnknownOutcomeCannotBeRead) {
  counters_.plan().FailNextAfterEffect(1, "Append");
  EXPECT_FALSE(Add(*counters_, 1));
  counters_.plan().FailNext(1, "Read");
  EXPECT_EQ(Remove(*counters_, 1).error().kind(), ErrorKind::kUnavailable);
  const auto removed = Remove(*counters_, 1);
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->front().changed);
}

TEST_F(MemoryCountersTest, WhateverFailsTheMemoryIsWhatTheLogAddsUpTo) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  const auto never = Deadline::Never();
  std::size_t failures = 0;
  for (int round = 0; round < 5; ++round) {
    for (int step = 0; step < 60; ++step) {
      if (random() % 4 == 0) counters_.plan().FailNext(1, random() % 2 ? "Append" : "Read");
      if (random() % 4 == 0) counters_.plan().FailNextAfterEffect(1, "Append");
      const Membership like{{kLikes, random() % 5}, AccountId{random() % 20 + 1}};
      const auto operation = random() % 3;
      const bool done =
          operation == 0 ? RunBlocking(counters_->AddMembers({like}, never)).has_value()
          : operation == 1
              ? RunBlocking(counters_->RemoveMembers({like}, never)).has_value()
              : RunBlocking(counters_->Increment({{{kViews, random() % 5}, 1}}, never)).has_value();
      failures += done ? 0 : 1;
      if (random() % 20 == 0) std::ignore = RunBlocking(counters_->TakeSnapshot());
    }
    counters_.plan().Heal();
    const auto all = [&] {
      std::vector<std::vector<AccountId>> members;
      std::vector<std::int64_t> sums;
      for (std::uint64_t id = 0; id < 5; ++id) {
        // What has no effect still finds out about appends of unknown outcome.
        EXPECT_TRUE(
            RunBlocking(counters_->Increment({{{kViews, id}, 0}, {{kLikes, id}, 0}}, never)));
        members.push_back(RunBlocking(counters_->Members({kLikes, id}, {}, 100, never)).value());
        sums.push_back(Count(*counters_, {kViews, id}));
      }
      return std::pair(members, sums);
    };
    const auto before = all();
    counters_.Reopen();
    ASSERT_EQ(before, all()) << "round " << round;
  }
  EXPECT_GT(failures, 0U);
}

TEST_F(MemoryCountersTest, StartsFromTheSnapshotAndTheLogBehindIt) {
  for (std::uint64_t member = 1; member <= 50; ++member) ASSERT_TRUE(Add(*counters_, member));
  ASSERT_TRUE(View(*counters_, 10));
  ASSERT_TRUE(RunBlocking(counters_->TakeSnapshot()));
  ASSERT_TRUE(Remove(*counters_, 7));
  ASSERT_TRUE(View(*counters_, 5));
  counters_.Reopen();
  EXPECT_EQ(Count(*counters_), 49);
  EXPECT_EQ(Count(*counters_, kPostViews), 15) << "an increment must not be replayed twice";
}

TEST_F(MemoryCountersTest, ReplaysOnlyWhatTheSnapshotLacks) {
  for (std::uint64_t member = 1; member <= 20; ++member) ASSERT_TRUE(Add(*counters_, member));
  ASSERT_TRUE(RunBlocking(counters_->TakeSnapshot()));
  const auto snapshot = ReadSnapshot(counters_.file());
  ASSERT_TRUE(snapshot);
  std::uint64_t members = 0;
  Offset next = 0;
  for (const auto& partition : **snapshot) {
    members += partition.state.members();
    next += partition.next;
  }
  EXPECT_EQ(members, 20U);
  EXPECT_EQ(next, LoggedRecords(counters_.log()));
}

TEST_F(MemoryCountersTest, SnapshotsAreExactWhileEverythingChanges) {
  std::atomic<std::int64_t> added = 0;
  {
    std::vector<std::jthread> writers;
    for (std::uint64_t t = 0; t < 3; ++t) {
      writers.emplace_back([&, t] {
        for (std::uint64_t i = 0; i < 150; ++i) {
          if (View(*counters_) && Add(*counters_, t * 1'000 + i + 1)) ++added;
        }
      });
    }
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(RunBlocking(counters_->TakeSnapshot()));
  }
  EXPECT_EQ(added, 450);
  counters_.Reopen();
  EXPECT_EQ(Count(*counters_), 450);
  EXPECT_EQ(Count(*counters_, kPostViews), 450);
}

TEST_F(MemoryCountersTest, ADamagedSnapshotIsRefused) {
  for (std::uint64_t member = 1; member <= 20; ++member) ASSERT_TRUE(Add(*counters_, member));
  ASSERT_TRUE(RunBlocking(counters_->TakeSnapshot()));
  std::string bytes;
  {
    std::ifstream file(counters_.file(), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  const auto kind_of = [&](const std::string& content) {
    std::ofstream(counters_.file(), std::ios::binary) << content;
    const auto read = ReadSnapshot(counters_.file());
    return read ? std::string("read") : std::string(read.error().code());
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    ASSERT_THAT(kind_of(damaged), AnyOf("corrupt", "newer_format")) << "byte " << at;
    ASSERT_EQ(kind_of(bytes.substr(0, at)), "corrupt") << "cut at " << at;
  }
  EXPECT_EQ(kind_of(bytes + "x"), "corrupt");
  EXPECT_EQ(counters_.TryOpen().error().kind(), ErrorKind::kCorrupt);
}

TEST_F(MemoryCountersTest, ASnapshotThatFailsLeavesTheOldOne) {
  ASSERT_TRUE(Add(*counters_, 1));
  ASSERT_TRUE(RunBlocking(counters_->TakeSnapshot()));
  {
    auto writer = CountersSnapshotWriter::Begin(counters_.file(), 4);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->Add(0, "half"));
  }
  EXPECT_TRUE(ReadSnapshot(counters_.file()));
  EXPECT_FALSE(std::filesystem::exists(counters_.file().string() + ".new"));
  counters_.Reopen();
  EXPECT_EQ(Count(*counters_), 1);
}

TEST_F(MemoryCountersTest, ALogThatDoesNotFitTheSnapshotIsRefused) {
  ASSERT_TRUE(Add(*counters_, 1));
  ASSERT_TRUE(RunBlocking(counters_->TakeSnapshot()));
  TempCounters other(clock_);
  std::filesystem::create_directories(other.file().parent_path());
  std::filesystem::copy_file(counters_.file(), other.file());
  const auto refused = other.TryOpen();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(refused.error().message(), HasSubstr("not of the same time"));
}

TEST_F(MemoryCountersTest, AnotherNumberOfPartitionsIsAConflict) {
  ASSERT_TRUE(Add(*counters_, 1));
  Logger logger({}, [](std::string_view) {});
  Metrics metrics;
  BlockingPool pool("test", 1, 10, metrics);
  const auto opened = RunBlocking(
      MemoryCounters::Open({.partitions = 5}, counters_.file(),
                           {counters_.log(), pool, clock_, logger, metrics}, Deadline::Never()));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind(), ErrorKind::kConflict);
}

TEST(MemoryCountersBoundsTest, MembersAreRefusedWhenTheMemoryIsFull) {
  FakeClock clock;
  TempCounters counters(clock, {.partitions = 1, .memory_bytes = 1});
  ASSERT_TRUE(Add(*counters, 1));
  const auto refused = Add(*counters, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "memory_full");
  EXPECT_TRUE(Remove(*counters, 1)) << "what makes room is not refused";
}

TEST(MemoryCountersBoundsTest, WritesStopBeforeTheLogForgetsWhatNoSnapshotHolds) {
  FakeClock clock;
  TempCounters counters(clock, {.partitions = 1, .retention_bytes = 1'000});
  std::uint64_t member = 0;
  while (Add(*counters, ++member)) ASSERT_LT(member, 100U);
  const auto refused = Add(*counters, member);
  EXPECT_EQ(refused.error().code(), "snapshot_overdue");
  EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted);
  ASSERT_TRUE(RunBlocking(counters->TakeSnapshot()));
  EXPECT_TRUE(Add(*counters, member));
}

TEST(MemoryCountersBoundsTest, CallsBeyondTheQueueAreRefusedAndTheRestIsDone) {
  FakeClock clock;
  TempCounters counters(clock, {.partitions = 1, .queued_changes = 10});
  std::vector<bool> done(100);
  const auto add_all = [](Counters& to, std::vector<bool>& outcomes) -> Awaitable<> {
    const auto one = [](Counters& into, std::uint64_t member,
                        std::vector<bool>& all) -> Awaitable<> {
      const auto added = co_await into.AddMembers({{kPost, AccountId{member}}}, Deadline::Never());
      if (!added) EXPECT_EQ(added.error().code(), "queue_full");
      all[member - 1] = added.has_value();
    };
    const Executor executor = co_await boost::asio::this_coro::executor;
    for (std::uint64_t member = 1; member <= outcomes.size(); ++member) {
      boost::asio::co_spawn(executor, one(to, member, outcomes), [](std::exception_ptr) {});
    }
  };
  RunBlocking(add_all(*counters, done));
  const auto accepted = std::ranges::count(done, true);
  EXPECT_GE(accepted, 10);
  EXPECT_LT(accepted, 100);
  EXPECT_EQ(Count(*counters), accepted);
}

TEST_F(MemoryCountersTest, ChangesThatWaitTogetherShareAnAppend) {
  const auto add_all = [](Counters& to) -> Awaitable<> {
    const auto one = [](Counters& into, std::uint64_t member) -> Awaitable<> {
      EXPECT_TRUE(co_await into.AddMembers({{kPost, AccountId{member}}}, Deadline::Never()));
    };
    const Executor executor = co_await boost::asio::this_coro::executor;
    for (std::uint64_t member = 1; member <= 500; ++member) {
      boost::asio::co_spawn(executor, one(to, member), [](std::exception_ptr) {});
    }
  };
  RunBlocking(add_all(*counters_));
  EXPECT_EQ(Count(*counters_), 500);
  // One record says what all changes of one counter in one append were.
  EXPECT_LT(LoggedRecords(counters_.log()), 100U);
}

TEST_F(MemoryCountersTest, TwoSnapshotsAtOnceAreOne) {
  const auto both = [](MemoryCounters& counters, std::vector<Result<>>& outcomes) -> Awaitable<> {
    const auto one = [](MemoryCounters& of, std::vector<Result<>>& all) -> Awaitable<> {
      all.push_back(co_await of.TakeSnapshot());
    };
    const Executor executor = co_await boost::asio::this_coro::executor;
    for (int i = 0; i < 2; ++i) {
      boost::asio::co_spawn(executor, one(counters, outcomes), [](std::exception_ptr) {});
    }
  };
  std::vector<Result<>> outcomes;
  RunBlocking(both(*counters_, outcomes));
  ASSERT_THAT(outcomes, SizeIs(2));
  EXPECT_EQ(outcomes[0].error().kind(), ErrorKind::kConflict);
  EXPECT_TRUE(outcomes[1]);
}

TEST_F(MemoryCountersTest, RunTakesASnapshotWhenMuchWasLoggedAndEndsWhenStopped) {
  TempCounters counters(clock_, {.partitions = 1, .snapshot_bytes = 65'536});
  std::vector<Membership> likes;
  for (std::uint64_t i = 1; i <= 1'000; ++i) likes.push_back({{kLikes, i}, AccountId{1}});
  ASSERT_TRUE(RunBlocking(counters->AddMembers(likes, Deadline::Never())));
  IoThreads threads(1);
  Logger logger({}, [](std::string_view) {});
  TaskGroup tasks("run", logger);
  tasks.Spawn(threads.At(0), counters->Run(tasks.stop_token()));
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!std::filesystem::exists(counters.file()) && std::chrono::steady_clock::now() < patience) {
    std::this_thread::yield();
  }
  tasks.StopBlocking();
  EXPECT_TRUE(ReadSnapshot(counters.file()).value());
}

// The example of docs/formats/counters.md, as version 1 wrote it.
TEST(CountersSnapshotTest, ReadsTheSnapshotThatVersion1Wrote) {
  const auto file =
      std::filesystem::path(FRESHET_SOURCE_FOLDER) / "tests/golden/counters/v1.snapshot";
  const auto read = ReadSnapshot(file);
  ASSERT_TRUE(read) << read.error().ToString();
  ASSERT_TRUE(*read);
  ASSERT_THAT(**read, SizeIs(2));
  EXPECT_EQ((**read)[0].next, 3U);
  EXPECT_THAT((**read)[0].state.Members(kPost, {}, 10), ElementsAre(AccountId{7}, AccountId{300}));
  EXPECT_EQ((**read)[1].next, 0U);
  EXPECT_EQ((**read)[1].state.Count({kViews, 9}), -2);
}

TEST(CountersSnapshotTest, WritesTheSameBytesAsVersion1) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("freshet_{}", getpid());
  const auto file = folder / "snapshot";
  CounterState likes, views;
  likes.Apply({kPost, CounterOperation::kAdd, 300});
  likes.Apply({kPost, CounterOperation::kAdd, 7});
  views.Apply({{kViews, 9}, CounterOperation::kIncrement, static_cast<std::uint64_t>(-2)});
  {
    auto writer = CountersSnapshotWriter::Begin(file, 2);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->Add(3, likes.Encode()));
    ASSERT_TRUE(writer->Add(0, views.Encode()));
    ASSERT_TRUE(writer->Finish());
  }
  const auto bytes = [](const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  EXPECT_EQ(bytes(file), bytes(std::filesystem::path(FRESHET_SOURCE_FOLDER) /
                               "tests/golden/counters/v1.snapshot"));
  std::filesystem::remove_all(folder);
}

TEST(FaultyCountersTest, FailsBeforeOrAfterTheEffectAsPlanned) {
  FakeClock clock;
  PlainCounters plain(clock);
  FaultPlan plan;
  FaultyCounters faulty(plain, plan);
  plan.FailNext(1, "AddMembers");
  EXPECT_EQ(Add(faulty, 1).error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(Count(plain), 0);
  plan.FailNextAfterEffect(1, "AddMembers");
  EXPECT_FALSE(Add(faulty, 2));
  EXPECT_EQ(Count(plain), 1);
  plan.Heal();
  EXPECT_TRUE(Remove(faulty, 2));
  EXPECT_EQ(Count(faulty), 0);
}

}  // namespace
}  // namespace freshet::stores
