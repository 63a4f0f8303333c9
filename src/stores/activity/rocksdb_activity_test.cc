#include "stores/activity/rocksdb_activity.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "base/bytes.h"
#include "base/io_threads.h"
#include "stores/activity/activity_format.h"
#include "stores/activity/testing/activity_conformance.h"
#include "stores/activity/testing/faulty_activity.h"
#include "stores/activity/testing/memory_activity.h"
#include "stores/activity/testing/temp_activity.h"

extern char** environ;

namespace freshet::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kKind = ActivityKind::kAuthorPosts;
constexpr ActivityList kAna{kKind, AccountId{1}};

class RocksDbUnderTest final : public ActivityUnderTest {
 public:
  explicit RocksDbUnderTest(const Clock& clock) : store_(clock) {}
  Activity& activity() override { return *store_; }
  void Reopen() override { store_.Reopen(); }

 private:
  TempActivity store_;
};

class MemoryUnderTest final : public ActivityUnderTest {
 public:
  explicit MemoryUnderTest(const Clock& clock) : activity_(clock) {}
  Activity& activity() override { return activity_; }

 private:
  MemoryActivity activity_;
};

template <class Subject>
ActivityAdapter Adapter() {
  return {[](const Clock& clock) { return std::make_unique<Subject>(clock); }};
}
INSTANTIATE_TEST_SUITE_P(RocksDb, ActivityConformance,
                         testing::Values(Adapter<RocksDbUnderTest>()));
INSTANTIATE_TEST_SUITE_P(Memory, ActivityConformance, testing::Values(Adapter<MemoryUnderTest>()));

ActivityItem Item(std::uint64_t id, std::string payload = "", ActivityList list = kAna) {
  return {list, {id, std::move(payload)}};
}

Result<> Put(Activity& activity, std::vector<ActivityItem> items) {
  return RunBlocking(activity.Put(std::move(items), Deadline::Never()));
}

std::vector<std::uint64_t> Ids(Activity& activity, ActivityList list = kAna) {
  std::vector<std::uint64_t> ids;
  const auto page = RunBlocking(activity.Page(list, 0, 1'000'000, Deadline::Never()));
  EXPECT_TRUE(page) << page.error().ToString();
  for (const auto& entry : page.value()) ids.push_back(entry.id);
  return ids;
}

// A file system that is full while it is told to be.
class FullDisk final : public rocksdb::EnvWrapper {
 public:
  FullDisk() : rocksdb::EnvWrapper(rocksdb::Env::Default()) {}
  const char* Name() const override { return "FullDisk"; }
  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    if (full || (no_new_logs && name.ends_with(".log"))) return rocksdb::Status::NoSpace();
    auto status = target()->NewWritableFile(name, file, options);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), full);
    return status;
  }

  std::atomic<bool> full{false};
  std::atomic<bool> no_new_logs{false};

 private:
  class File final : public rocksdb::WritableFileWrapper {
   public:
    File(std::unique_ptr<rocksdb::WritableFile> file, const std::atomic<bool>& full)
        : rocksdb::WritableFileWrapper(file.get()), file_(std::move(file)), full_(full) {}
    rocksdb::Status Append(const rocksdb::Slice& data) override {
      return full_ ? rocksdb::Status::NoSpace() : file_->Append(data);
    }
    rocksdb::Status Append(const rocksdb::Slice& data,
                           const rocksdb::DataVerificationInfo&) override {
      return Append(data);
    }

   private:
    const std::unique_ptr<rocksdb::WritableFile> file_;
    const std::atomic<bool>& full_;
  };
};

class RocksDbActivityTest : public testing::Test {
 protected:
  FakeClock clock_;
};

TEST_F(RocksDbActivityTest, AFullDiskIsExhaustedAndHealsWhenSpaceIsFreed) {
  FullDisk disk;
  TempActivity store(clock_, {.durability = Durability::kFsync}, &disk);
  ASSERT_TRUE(Put(*store, {Item(1)}));
  disk.full = true;
  for (std::uint64_t id = 2; id < 5; ++id) {
    const auto refused = Put(*store, {Item(id, std::string(100'000, 'x'))});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted) << refused.error().ToString();
    EXPECT_EQ(refused.error().code(), "disk_full");
    EXPECT_TRUE(refused.error().retry_after());
  }
  EXPECT_THAT(Ids(*store), ElementsAre(1));
  disk.full = false;
  const auto healed = Put(*store, {Item(9)});
  ASSERT_TRUE(healed) << healed.error().ToString();
  EXPECT_THAT(Ids(*store), ElementsAre(9, 1));
  store.Reopen();
  EXPECT_THAT(Ids(*store), ElementsAre(9, 1));
}

TEST_F(RocksDbActivityTest, OpensAnewWhatTheDiskLeftBeyondRecovery) {
  FullDisk disk;
  TempActivity store(clock_, {.durability = Durability::kOs, .write_buffer_bytes = 1 << 20}, &disk);
  disk.no_new_logs = true;
  std::size_t done = 0;
  Result<> outcome;
  // The write that fills the buffer begins a new log.
  while (outcome && done < 100) {
    outcome = Put(*store, {Item(done + 1, std::string(100'000, 'x'))});
    done += outcome ? 1 : 0;
  }
  EXPECT_EQ(outcome.error().code(), "disk_full");
  EXPECT_THAT(Ids(*store), SizeIs(done));
  disk.no_new_logs = false;
  const auto healed = Put(*store, {Item(1'000)});
  ASSERT_TRUE(healed) << healed.error().ToString();
  EXPECT_THAT(Ids(*store), SizeIs(done + 1));
}

TEST_F(RocksDbActivityTest, OneProcessAtATimeOpensAFolder) {
  TempActivity store(clock_);
  const auto second = store.TryOpen();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind(), ErrorKind::kUnavailable);
}

TEST_F(RocksDbActivityTest, AFolderThatCannotBeMadeIsUnavailable) {
  Logger logger({}, [](std::string_view) {});
  Metrics metrics;
  BlockingPool pool("test", 1, 1, metrics);
  const auto opened =
      RocksDbActivity::Open({}, "/proc/none/activity", {pool, clock_, logger, metrics});
  EXPECT_EQ(opened.error().kind(), ErrorKind::kUnavailable);
}

TEST_F(RocksDbActivityTest, AFormatOfANewerVersionIsRefused) {
  TempActivity store(clock_);
  store.Close();
  {
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    rocksdb::ColumnFamilyOptions plain;
    ASSERT_TRUE(rocksdb::DB::Open({}, store.folder(), {{"default", plain}, {"entries", plain}},
                                  &families, &opened)
                    .ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    ASSERT_TRUE(database->Put({}, "format", "\x02").ok());
    for (auto* family : families) database->DestroyColumnFamilyHandle(family);
  }
  const auto refused = store.TryOpen();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "newer_format");
}

TEST_F(RocksDbActivityTest, DamagedFilesAreReportedNotServed) {
  TempActivity store(clock_);
  for (std::uint64_t id = 1; id <= 2'000; ++id) {
    ASSERT_TRUE(Put(*store, {Item(id, std::string(200, static_cast<char>('a' + id % 26)))}));
  }
  // A second opening writes what the log held into a sorted file.
  store.Reopen();
  store.Close();
  bool damaged = false;
  for (const auto& file : std::filesystem::directory_iterator(store.folder())) {
    if (file.path().extension() != ".sst" || file.file_size() < 5'000) continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(1'000);
    bytes << "damage";
    damaged = true;
  }
  ASSERT_TRUE(damaged);
  if (const auto opened = store.TryOpen(); !opened) {
    EXPECT_EQ(opened.error().kind(), ErrorKind::kCorrupt) << opened.error().ToString();
    return;
  }
  const auto page = RunBlocking(store->Page(kAna, 0, 2'000, Deadline::Never()));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind(), ErrorKind::kCorrupt) << page.error().ToString();
}

TEST_F(RocksDbActivityTest, WritesBeyondTheQueueAreRefusedAndTheRestIsDone) {
  TempActivity store(clock_, {.durability = Durability::kFsync, .queued_bytes = 1 << 20});
  constexpr int kCalls = 200;
  std::vector<std::optional<Result<>>> outcomes(kCalls);
  const auto put_all = [](Activity& activity, auto& into) -> Awaitable<> {
    const auto one = [](Activity& to, std::uint64_t id,
                        std::optional<Result<>>& outcome) -> Awaitable<> {
      outcome = co_await to.Put({Item(id, std::string(50'000, 'x'))}, Deadline::Never());
    };
    const Executor executor = co_await boost::asio::this_coro::executor;
    for (std::uint64_t i = 0; i < into.size(); ++i) {
      boost::asio::co_spawn(executor, one(activity, i + 1, into[i]), [](std::exception_ptr) {});
    }
  };
  RunBlocking(put_all(*store, outcomes));
  std::size_t done = 0;
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE(outcome);
    if (*outcome) {
      ++done;
    } else {
      EXPECT_EQ(outcome->error().code(), "queue_full");
      EXPECT_EQ(outcome->error().kind(), ErrorKind::kExhausted);
    }
  }
  EXPECT_GT(done, 0U);
  EXPECT_LT(done, std::size_t{kCalls});
  EXPECT_THAT(Ids(*store), SizeIs(done));
}

TEST_F(RocksDbActivityTest, ThePutsOfAWaitingGroupShareASync) {
  TempActivity store(clock_, {.durability = Durability::kFsync});
  const auto put_all = [](Activity& activity) -> Awaitable<> {
    const auto one = [](Activity& to, std::uint64_t id) -> Awaitable<> {
      EXPECT_TRUE(co_await to.Put({Item(id)}, Deadline::Never()));
    };
    const Executor executor = co_await boost::asio::this_coro::executor;
    for (std::uint64_t id = 1; id <= 500; ++id) {
      boost::asio::co_spawn(executor, one(activity, id), [](std::exception_ptr) {});
    }
  };
  RunBlocking(put_all(*store));
  EXPECT_THAT(Ids(*store), SizeIs(500));
  // All 500 calls wait before the first has ended, so that the writer finds them together.
  const auto text = store.metrics().Render();
  const std::string_view name = "freshet_activity_group_writes_count ";
  const auto at = text.find(name);
  ASSERT_NE(at, std::string::npos);
  EXPECT_LT(std::stoi(text.substr(at + name.size())), 250);
}

// docs/formats/activity.md states these bytes.
TEST(ActivityFormatTest, KeysAreAsDocumented) {
  const auto hex = [](const ActivityKey& key) { return EncodeHex(AsBytes(key)); };
  EXPECT_EQ(hex(EncodeActivityKey({kKind, AccountId{0x0102030405060708}}, 1)),
            "010102030405060708fffffffffffffffe");
  EXPECT_EQ(hex(EncodeActivityKey({kKind, AccountId{7}}, 0x0a0b0c0d0e0f1011)),
            "010000000000000007f5f4f3f2f1f0efee");
}

TEST(ActivityFormatTest, KeysAscendAsIdsDescend) {
  std::string last;
  for (const std::uint64_t id : {~0ULL, 1ULL << 63, 1ULL << 40, 256ULL, 255ULL, 1ULL, 0ULL}) {
    const std::string key(AsBytes(EncodeActivityKey(kAna, id)));
    EXPECT_LT(last, key) << id;
    EXPECT_EQ(DecodeActivityId(kAna, key), id);
    last = key;
  }
}

TEST(ActivityFormatTest, KeysOfOtherListsAndOtherLengthsAreRefused) {
  const std::string key(AsBytes(EncodeActivityKey(kAna, 5)));
  const ActivityList ben{kKind, AccountId{2}};
  EXPECT_EQ(DecodeActivityId(ben, key).error().kind(), ErrorKind::kCorrupt);
  EXPECT_FALSE(DecodeActivityId(kAna, key + "x"));
  EXPECT_FALSE(DecodeActivityId(kAna, key.substr(0, 16)));
  EXPECT_FALSE(DecodeActivityId(kAna, ""));
}

// Not a test: writes the golden store into the folder that the variable names.
TEST_F(RocksDbActivityTest, DISABLED_WritesTheGoldenStore) {
  TempActivity store(clock_);
  ASSERT_TRUE(Put(*store, {Item(7'214'501'938'012'000, "first"), Item(5, "removed"),
                           Item(7'214'501'938'012'160, "second")}));
  ASSERT_TRUE(RunBlocking(store->Remove({Item(5)}, Deadline::Never())));
  store.Close();
  std::filesystem::copy(store.folder(), std::getenv("FRESHET_TEST_ACTIVITY_FOLDER"));
}

// The example of docs/formats/activity.md, as version 1 wrote it.
TEST_F(RocksDbActivityTest, ReadsTheStoreThatVersion1Wrote) {
  TempActivity store(clock_);
  store.Close();
  std::filesystem::remove_all(store.folder());
  std::filesystem::copy(std::filesystem::path(FRESHET_SOURCE_FOLDER) / "tests/golden/activity/v1",
                        store.folder());
  const auto opened = store.TryOpen();
  ASSERT_TRUE(opened) << opened.error().ToString();
  const auto page = RunBlocking(store->Page(kAna, 0, 10, Deadline::Never()));
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, ElementsAre(ActivityEntry{7'214'501'938'012'160, "second"},
                                 ActivityEntry{7'214'501'938'012'000, "first"}));
}

TEST(FaultyActivityTest, FailsBeforeOrAfterTheEffectAsPlanned) {
  FakeClock clock;
  MemoryActivity memory(clock);
  FaultPlan plan;
  FaultyActivity faulty(memory, plan);
  plan.FailNext(1, "Put");
  EXPECT_EQ(Put(faulty, {Item(1)}).error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(Ids(memory), IsEmpty());
  plan.FailNextAfterEffect(1, "Put");
  EXPECT_EQ(Put(faulty, {Item(2)}).error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(Ids(memory), ElementsAre(2));
  plan.FailNext(1, "Page");
  EXPECT_FALSE(RunBlocking(faulty.Page(kAna, 0, 1, Deadline::Never())));
  plan.Heal();
  EXPECT_TRUE(Put(faulty, {Item(3)}));
  EXPECT_THAT(Ids(faulty), ElementsAre(3, 2));
}

constexpr const char* kCrashFolder = "FRESHET_TEST_ACTIVITY_FOLDER";

// Not a test: the process that CrashTest kills. Puts batches of ten entries, from four callers at
// once, and says on standard output which were acknowledged.
TEST(ActivityCrashSubject, DISABLED_PutsUntilItIsKilled) {
  const char* const folder = std::getenv(kCrashFolder);
  ASSERT_NE(folder, nullptr);
  SystemClock clock;
  Logger logger({});
  Metrics metrics;
  BlockingPool pool("test", 1, 10, metrics);
  auto store = RocksDbActivity::Open({.durability = Durability::kOs, .write_buffer_bytes = 1 << 20},
                                     folder, {pool, clock, logger, metrics});
  ASSERT_TRUE(store);
  const auto put = [](Activity& to, std::uint64_t owner) -> Awaitable<> {
    for (std::uint64_t batch = 0;; ++batch) {
      std::vector<ActivityItem> items;
      for (std::uint64_t i = 1; i <= 10; ++i) {
        items.push_back(Item(batch * 10 + i, std::string(500, 'x'), {kKind, AccountId{owner}}));
      }
      if (!co_await to.Put(std::move(items), Deadline::Never())) co_return;
      const std::string line = fmt::format("{} {}\n", owner, batch);
      if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) co_return;
    }
  };
  boost::asio::io_context context(1);
  for (std::uint64_t owner = 1; owner <= 4; ++owner) {
    boost::asio::co_spawn(context.get_executor(), put(**store, owner), [](std::exception_ptr) {});
  }
  context.run();
}

TEST_F(RocksDbActivityTest, WhatWasAcknowledgedSurvivesSigkill) {
  for (int round = 0; round < 3; ++round) {
    TempActivity store(clock_);
    store.Close();
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    ::setenv(kCrashFolder, store.folder().c_str(), 1);
    std::string self = std::filesystem::read_symlink("/proc/self/exe");
    std::string filter = "--gtest_filter=ActivityCrashSubject.*";
    std::string disabled = "--gtest_also_run_disabled_tests";
    std::array<char*, 4> arguments{self.data(), filter.data(), disabled.data(), nullptr};
    pid_t child = 0;
    ASSERT_EQ(posix_spawn(&child, self.c_str(), &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);

    std::map<std::uint64_t, std::uint64_t> batches;  // by owner: how many were acknowledged
    std::FILE* const lines = ::fdopen(pipe[0], "r");
    char line[256];
    int seen = 0;
    while (std::fgets(line, sizeof(line), lines) != nullptr) {
      unsigned long long owner = 0, batch = 0;
      if (std::sscanf(line, "%llu %llu\n", &owner, &batch) != 2) continue;
      batches[owner] = batch + 1;
      if (++seen == 400 + round * 700) ::kill(child, SIGKILL);
    }
    std::fclose(lines);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    store.Reopen();
    ASSERT_THAT(batches, SizeIs(4));
    for (const auto& [owner, acknowledged] : batches) {
      const auto ids = Ids(*store, {kKind, AccountId{owner}});
      EXPECT_GE(ids.size(), acknowledged * 10);
      EXPECT_LE(ids.size(), acknowledged * 10 + 10);
      EXPECT_EQ(ids.size() % 10, 0U) << "a call was done in part";
    }
  }
}

}  // namespace
}  // namespace freshet::stores
