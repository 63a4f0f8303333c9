// SIGKILL in the middle of appends, also on a disk that fails: nothing acknowledged is lost,
// doubled or moved.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <random>
#include <sstream>

#include "base/io_threads.h"
#include "base/mutex.h"
#include "base/task_group.h"
#include "stores/log/testing/faulty_disk.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

constexpr const char* kFolder = "FRESHET_CRASH_FOLDER";
constexpr const char* kRound = "FRESHET_CRASH_ROUND";
constexpr const char* kDurability = "FRESHET_CRASH_DURABILITY";
constexpr int kAcknowledgements = 3;  // the writing process' file descriptor for them
constexpr std::uint32_t kPartitions = 2;
constexpr int kLostBatch = 3'000;

// Appends batches for ever, and writes a line for each that was acknowledged: partition, offset and
// value of every record; and "commit <partition> <offset>" for every committed offset.
class Writer {
 public:
  // Where `failing` is there, one of its syncs fails.
  Writer(EventLog& log, std::string round, FaultyDisk* failing)
      : log_(log), round_(std::move(round)), failing_(failing) {}

  Awaitable<> Append(int writer) {
    for (int i = 0;; ++i) {
      // What is lost is more than what follows it before the kill.
      const bool fails = failing_ != nullptr && writer == 0 && i == 5;
      if (fails) failing_->FailNextSyncs();
      std::vector<Record> records;
      for (int j = 0; j < (fails ? kLostBatch : 1 + i % 4); ++j) {
        const auto value = fmt::format("{}.{}.{}.{}", round_, writer, i, j);
        records.push_back({.key = fails ? "lost" : value, .value = value, .headers = {}});
      }
      const auto positions = co_await log_.Append("posts", records, Deadline::Never());
      if (!positions) {
        co_await GetOver();
        continue;
      }
      if (fails) continue;
      std::string lines;
      for (std::size_t j = 0; j < records.size(); ++j) {
        lines += fmt::format("append {} {} {}\n", (*positions)[j].partition, (*positions)[j].offset,
                             records[j].value);
      }
      Say(lines);
    }
  }

  Awaitable<> Consume() {
    const auto consumer = co_await log_.Join("fanout", {"posts"}, Deadline::Never());
    for (;;) {
      const auto batches = co_await (*consumer)->Poll(10, Deadline::Never());
      for (const auto& batch : *batches) {
        const Offset offset = batch.records.back().offset + 1;
        const auto done =
            co_await (*consumer)->Commit({{"posts", batch.partition, offset}}, Deadline::Never());
        if (!done) {
          co_await GetOver();
          continue;
        }
        Say(fmt::format("commit {} {} -\n", batch.partition, offset));
      }
    }
  }

 private:
  // Lines are short of PIPE_BUF, so that the kill cuts none.
  void Say(const std::string& lines) {
    if (write(kAcknowledgements, lines.data(), lines.size()) < 0) std::abort();
  }

  Awaitable<> GetOver() {
    if (failing_ == nullptr) std::abort();
    co_await Sleep(Duration(20));
  }

  EventLog& log_;
  const std::string round_;
  FaultyDisk* const failing_;
};

RocksDbEventLogOptions CrashOptions() {
  RocksDbEventLogOptions options;
  options.durability =
      std::string_view(std::getenv(kDurability)) == "os" ? Durability::kOs : Durability::kFsync;
  options.write_buffer_bytes = 1 << 20;
  return options;
}

// Not a test: the process that is killed. EventLogCrash starts it.
TEST(EventLogCrashWriter, DISABLED_Process) {
  ASSERT_NE(std::getenv(kFolder), nullptr);
  const SystemClock clock;
  Metrics metrics;
  Logger logger({.level = LogLevel::kError, .format = LogFormat::kText});
  BlockingPool pool("reads", 1, 100, metrics);
  FaultyDisk disk;
  const bool fails = std::string_view(std::getenv(kDurability)) == "failing";
  auto log = RocksDbEventLog::Open(
      CrashOptions(), std::getenv(kFolder),
      {.pool = pool, .clock = clock, .logger = logger, .metrics = metrics, .env = disk.env()});
  ASSERT_TRUE(log) << log.error().ToString();
  ASSERT_TRUE(
      RunBlocking((*log)->CreateTopic("posts", {.partitions = kPartitions}, Deadline::Never())));
  Writer writer(**log, std::getenv(kRound), fails ? &disk : nullptr);
  IoThreads threads(2);
  TaskGroup tasks("writers", logger);
  for (int i = 0; i < 4; ++i) tasks.Spawn(threads.Next(), writer.Append(i));
  tasks.Spawn(threads.Next(), writer.Consume());
  for (;;) pause();
}

struct Acknowledged {
  std::map<std::pair<std::uint32_t, Offset>, std::string> records;
  std::map<std::uint32_t, Offset> committed;

  void Note(const std::string& line) {
    std::istringstream words(line);
    std::string what, value;
    std::uint32_t partition = 0;
    Offset offset = 0;
    words >> what >> partition >> offset >> value;
    if (what == "append") {
      EXPECT_TRUE(records.emplace(std::pair(partition, offset), value).second)
          << "two records have the offset " << offset;
    } else {
      committed[partition] = offset;
    }
  }
};

class EventLogCrash : public testing::TestWithParam<const char*> {
 protected:
  EventLogCrash() {
    std::string name = (std::filesystem::temp_directory_path() / "freshet-crash-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~EventLogCrash() override { std::filesystem::remove_all(folder_); }

  // Runs the writer until it has acknowledged `lines` more, kills it and notes all it said.
  void RunAndKill(int round, int lines) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto child = fork();
    if (child == 0) {
      dup2(ends[1], kAcknowledgements);
      setenv(kFolder, folder_.c_str(), 1);
      setenv(kRound, std::to_string(round).c_str(), 1);
      setenv(kDurability, GetParam(), 1);
      execl("/proc/self/exe", "writer", "--gtest_filter=EventLogCrashWriter.DISABLED_Process",
            "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr);
      _exit(1);
    }
    close(ends[1]);
    std::string said;
    ReadLines(ends[0], said, lines);
    kill(child, SIGKILL);
    ReadLines(ends[0], said, INT_MAX);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the writer failed";
    std::istringstream all(said);
    for (std::string line; std::getline(all, line);) acknowledged_.Note(line);
  }

  void Check() {
    const SystemClock clock;
    Metrics metrics;
    Logger logger({.level = LogLevel::kError, .format = LogFormat::kText});
    BlockingPool pool("reads", 1, 100, metrics);
    const auto log = RocksDbEventLog::Open(
        {}, folder_, {.pool = pool, .clock = clock, .logger = logger, .metrics = metrics});
    ASSERT_TRUE(log) << log.error().ToString();
    std::map<std::string, int> seen;  // values, and how often
    for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
      ASSERT_NO_FATAL_FAILURE(CheckRecords(**log, partition, seen));
    }
    CheckLostBatches(seen);
    for (const auto& [place, value] : acknowledged_.records) {
      EXPECT_EQ(seen[value], 1) << "lost: " << value;
    }
    const auto state = RunBlocking((*log)->Describe(Deadline::Never()));
    for (const auto& entry : state->groups.at(0).partitions) {
      EXPECT_GE(entry.committed, acknowledged_.committed[entry.partition]);
    }
  }

  Acknowledged acknowledged_;

 private:
  // No gap, nothing twice, and everything where it was acknowledged.
  void CheckRecords(EventLog& log, std::uint32_t partition, std::map<std::string, int>& seen) {
    for (Offset next = 0;;) {
      const auto records =
          RunBlocking(log.Read({"posts", partition, next}, 10'000, Deadline::Never()));
      ASSERT_TRUE(records) << records.error().ToString();
      if (records->empty()) return;
      for (const auto& stored : *records) {
        ASSERT_EQ(stored.offset, next++) << "a gap";
        EXPECT_EQ(++seen[stored.record.value], 1) << "twice: " << stored.record.value;
        const auto said = acknowledged_.records.find({partition, stored.offset});
        if (said == acknowledged_.records.end()) continue;
        EXPECT_EQ(said->second, stored.record.value);
      }
    }
  }

  // A batch whose sync failed came to the log as a whole, or not at all.
  static void CheckLostBatches(const std::map<std::string, int>& seen) {
    if (GetParam() != std::string_view("failing")) return;
    std::map<std::string, int> lost;  // by round
    for (const auto& [value, times] : seen) {
      const auto batch = value.find(".0.5.");
      if (batch != std::string::npos) ++lost[value.substr(0, batch)];
    }
    for (const auto& [round, count] : lost) EXPECT_EQ(count, kLostBatch) << round;
  }

  static void ReadLines(int from, std::string& said, int lines) {
    char buffer[4096];
    while (lines > 0) {
      pollfd ready{from, POLLIN, 0};
      if (poll(&ready, 1, 30'000) <= 0) return;
      const auto count = read(from, buffer, sizeof(buffer));
      if (count <= 0) return;
      said.append(buffer, static_cast<std::size_t>(count));
      lines -= static_cast<int>(std::count(buffer, buffer + count, '\n'));
    }
  }

  std::string folder_;
};

TEST_P(EventLogCrash, EveryAcknowledgedRecordIsThereOnceAfterManyKills) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 12 && !HasFailure(); ++round) {
    RunAndKill(round, 1 + static_cast<int>(random() % 400));
    if (round % 4 == 3) Check();
  }
  EXPECT_THAT(acknowledged_.records, testing::SizeIs(testing::Ge(12u)));
  EXPECT_THAT(acknowledged_.committed, testing::SizeIs(kPartitions));
}

INSTANTIATE_TEST_SUITE_P(Durability, EventLogCrash, testing::Values("fsync", "os", "failing"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace freshet::stores
