#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "base/io_threads.h"
#include "base/task_group.h"
#include "stores/counters/memory_counters.h"
#include "stores/log/rocksdb_event_log.h"

extern char** environ;

namespace freshet::stores {
namespace {

using ::testing::SizeIs;

constexpr const char* kFolder = "FRESHET_TEST_COUNTERS_FOLDER";
constexpr CounterSpace kLikes{1, "post_likes"};
constexpr CounterSpace kViews{2, "post_views"};
constexpr std::uint64_t kCallers = 4;

// Counters and log in a folder, as one process has them.
class Process {
 public:
  explicit Process(const std::filesystem::path& folder) {
    log_ = RocksDbEventLog::Open({.durability = Durability::kOs}, folder / "log",
                                 {pool_, clock_, logger_, metrics_})
               .value();
    counters_ = RunBlocking(MemoryCounters::Open({.partitions = 4}, folder / "snapshot",
                                                 {*log_, pool_, clock_, logger_, metrics_},
                                                 Deadline::Never()))
                    .value();
  }
  MemoryCounters& counters() { return *counters_; }
  Logger& logger() { return logger_; }

 private:
  SystemClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  Metrics metrics_;
  BlockingPool pool_{"crash", 2, 100, metrics_};
  std::unique_ptr<RocksDbEventLog> log_;
  std::unique_ptr<MemoryCounters> counters_;
};

Awaitable<> LikeForEver(Counters& counters, std::uint64_t caller) {
  for (std::uint64_t i = 1;; ++i) {
    if (!co_await counters.AddMembers({{{kLikes, caller}, AccountId{i}}}, Deadline::Never())) break;
    if (!co_await counters.Increment({{{kViews, caller}, 1}}, Deadline::Never())) break;
    const std::string line = fmt::format("{} {}\n", caller, i);
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) break;
  }
}

Awaitable<> SnapshotForEver(MemoryCounters& counters) {
  while (co_await counters.TakeSnapshot()) {
  }
}

// Not a test: the process that the test below kills. Says on standard output what was
// acknowledged.
TEST(CountersCrashSubject, DISABLED_CountsUntilItIsKilled) {
  ASSERT_NE(std::getenv(kFolder), nullptr);
  Process process(std::getenv(kFolder));
  boost::asio::io_context context(1);
  const auto ignore = [](std::exception_ptr) {};
  for (std::uint64_t caller = 1; caller <= kCallers; ++caller) {
    boost::asio::co_spawn(context.get_executor(), LikeForEver(process.counters(), caller), ignore);
  }
  boost::asio::co_spawn(context.get_executor(), SnapshotForEver(process.counters()), ignore);
  context.run();
}

// Starts the subject, kills it after `lines` acknowledgements, and returns the last one of each
// caller.
std::map<std::uint64_t, std::uint64_t> KillAfter(int lines, const std::filesystem::path& folder) {
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  ::setenv(kFolder, folder.c_str(), 1);
  std::string self = std::filesystem::read_symlink("/proc/self/exe");
  std::string filter = "--gtest_filter=CountersCrashSubject.*";
  std::string disabled = "--gtest_also_run_disabled_tests";
  std::array<char*, 4> arguments{self.data(), filter.data(), disabled.data(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, self.c_str(), &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::map<std::uint64_t, std::uint64_t> acknowledged;
  std::FILE* const output = ::fdopen(pipe[0], "r");
  char line[256];
  while (std::fgets(line, sizeof(line), output) != nullptr) {
    unsigned long long caller = 0, last = 0;
    if (std::sscanf(line, "%llu %llu\n", &caller, &last) != 2) continue;
    acknowledged[caller] = last;
    if (--lines == 0) ::kill(child, SIGKILL);
  }
  std::fclose(output);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  return acknowledged;
}

TEST(CountersCrashTest, WhatWasAcknowledgedSurvivesSigkillAndIsCountedOnce) {
  for (int round = 0; round < 3; ++round) {
    std::string folder = std::filesystem::temp_directory_path() / "freshet_counters_XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const auto acknowledged = KillAfter(300 + 400 * round, folder);
    ASSERT_THAT(acknowledged, SizeIs(kCallers));
    {
      Process process(folder);
      for (const auto& [caller, last] : acknowledged) {
        const auto counts = RunBlocking(
            process.counters().Count({{kLikes, caller}, {kViews, caller}}, Deadline::Never()));
        ASSERT_TRUE(counts);
        const auto least = static_cast<std::int64_t>(last);
        // One more of each may have been on its way.
        EXPECT_GE(counts->at(0), least);
        EXPECT_LE(counts->at(0), least + 1);
        EXPECT_GE(counts->at(1), least);
        EXPECT_LE(counts->at(1), least + 1);
      }
    }
    std::filesystem::remove_all(folder);
  }
}

}  // namespace
}  // namespace freshet::stores
