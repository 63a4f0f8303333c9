// Kills a process that writes, again and again, and looks at what it left behind.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "base/io_threads.h"
#include "stores/database/migrations.h"
#include "stores/database/sqlite_connection.h"
#include "stores/database/sqlite_database.h"
#include "stores/database/testing/temp_database.h"

extern char** environ;

namespace freshet::stores {
namespace {

constexpr const char* kPathVariable = "FRESHET_CRASH_TEST_PATH";
constexpr int kAnswers = 3;  // the child's file descriptor for the numbers it has been promised
constexpr int kWriters = 32;
constexpr int kParts = 3;

constexpr std::array kMigrations{Migration{1, R"(
    CREATE TABLE wholes (id BIGINT PRIMARY KEY);
    CREATE TABLE parts (whole BIGINT NOT NULL, part INTEGER NOT NULL, filler TEXT NOT NULL,
                        PRIMARY KEY (whole, part)) /*clustered*/;
    CREATE TABLE sums (id BIGINT PRIMARY KEY, wholes BIGINT NOT NULL);
    INSERT INTO sums VALUES (1, 0);
)"}};
constexpr std::array kSchemas{Schema{"crash", kMigrations}};

Result<> InsertWhole(Transaction& tx, std::int64_t id, std::string_view filler) {
  RETURN_IF_ERROR(tx.Execute("INSERT INTO wholes VALUES ($1)", {id}));
  for (int part = 0; part < kParts; ++part) {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO parts VALUES ($1, $2, $3)", {id, part, filler}));
  }
  RETURN_IF_ERROR(tx.Execute("UPDATE sums SET wholes = wholes + 1"));
  if (id % 7 == 0) return Forbidden("this one fails, and must leave no trace");
  return {};
}

Awaitable<> WriteForever(Database& database, std::int64_t& next) {
  const std::string filler(200, 'x');
  for (;;) {
    const auto id = ++next;
    const auto outcome = co_await database.Write(
        [&](Transaction& tx) { return InsertWhole(tx, id, filler); }, Deadline::Never());
    if (outcome && ::write(kAnswers, &id, sizeof id) != sizeof id) std::abort();
  }
}

std::int64_t Number(Database& database, std::string_view sql) {
  std::int64_t number = -1;
  EXPECT_TRUE(RunBlocking(database.Read(
      [&](Transaction& tx) {
        return tx.Query(sql, {}, [&](const Row& row) { number = row.Int(0); });
      },
      Deadline::Never())));
  return number;
}

std::string IntegrityOf(const std::string& path) {
  std::string report;
  auto connection = SqliteConnection::Open(path, SqliteRole::kReader, {});
  if (!connection) return connection.error().ToString();
  const auto outcome = (*connection)->Control("PRAGMA integrity_check", [&](const Row& row) {
    report += row.Text(0);
  });
  return outcome ? report : outcome.error().ToString();
}

// The child's life; the parent runs it by name.
TEST(SqliteCrashTest, DISABLED_Child) {
  const char* path = std::getenv(kPathVariable);
  ASSERT_NE(path, nullptr);
  SystemClock clock;
  Logger logger(LogOptions{});
  Metrics metrics;
  auto database = SqliteDatabase::Open({.durability = Durability::kOs, .checkpoint_bytes = 1 << 18},
                                       path, clock, logger, metrics);
  ASSERT_TRUE(database) << database.error().ToString();
  auto next = Number(**database, "SELECT coalesce(max(id), 0) FROM wholes");
  boost::asio::io_context context(1);
  for (int i = 0; i < kWriters; ++i) {
    boost::asio::co_spawn(context.get_executor(), WriteForever(**database, next),
                          [](std::exception_ptr) { std::abort(); });
  }
  context.run();
}

class Child {
 public:
  explicit Child(const std::string& path) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], kAnswers);
    std::vector<std::string> environment{fmt::format("{}={}", kPathVariable, path)};
    for (char** variable = environ; *variable != nullptr; ++variable) {
      if (!std::string_view(*variable).starts_with("GTEST_")) environment.emplace_back(*variable);
    }
    std::vector<char*> variables;
    for (auto& variable : environment) variables.push_back(variable.data());
    variables.push_back(nullptr);
    const char* arguments[] = {"crash_child", "--gtest_filter=SqliteCrashTest.DISABLED_Child",
                               "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr};
    EXPECT_EQ(::posix_spawn(&process_, "/proc/self/exe", &actions, nullptr,
                            const_cast<char**>(arguments), variables.data()),
              0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    answers_ = ends[0];
  }
  ~Child() { ::close(answers_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next number that a write was answered for, or nothing when the child is gone.
  std::optional<std::int64_t> NextAnswer() {
    std::int64_t id = 0;
    return ::read(answers_, &id, sizeof id) == sizeof id ? std::optional(id) : std::nullopt;
  }
  void Kill() {
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with status " << status;
  }

 private:
  pid_t process_ = 0;
  int answers_ = -1;
};

TEST(SqliteCrashTest, WhatWasAnsweredIsThereWholeAndNothingIsThereByHalf) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  testing::Test::RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  FakeClock clock;
  Logger logger(LogOptions{.level = LogLevel::kError});
  std::string path;
  const TempDatabase folder(clock);  // holds the folder, not the file that is tried here
  path = folder.path().string() + "-crash";
  std::set<std::int64_t> answered;
  for (int round = 0; round < 8; ++round) {
    {
      Metrics metrics;
      auto database = SqliteDatabase::Open({}, path, clock, logger, metrics);
      ASSERT_TRUE(database) << database.error().ToString();
      ASSERT_TRUE(RunBlocking(Migrate(**database, kSchemas, clock, Deadline::Never())));
      std::map<std::int64_t, int> found;
      ASSERT_TRUE(RunBlocking((*database)->Read(
          [&](Transaction& tx) {
            found.clear();
            return tx.Query(
                "SELECT w.id, count(p.part) FROM wholes w LEFT JOIN parts p ON p.whole = w.id "
                "GROUP BY w.id",
                {}, [&](const Row& row) { found[row.Int(0)] = static_cast<int>(row.Int(1)); });
          },
          Deadline::Never())));
      for (const auto& [id, parts] : found) ASSERT_EQ(parts, kParts) << "of " << id;
      for (const auto id : answered) ASSERT_TRUE(found.contains(id)) << id << " was answered";
      const auto wholes = static_cast<std::int64_t>(found.size());
      ASSERT_EQ(Number(**database, "SELECT wholes FROM sums"), wholes);
      ASSERT_EQ(Number(**database, "SELECT count(*) FROM parts"), wholes * kParts);
      ASSERT_EQ(Number(**database, "SELECT count(*) FROM wholes WHERE id % 7 = 0"), 0);
    }
    ASSERT_EQ(IntegrityOf(path), "ok");
    Child child(path);
    for (auto answers = 1 + random() % 3'000; answers > 0; --answers) {
      const auto id = child.NextAnswer();
      ASSERT_TRUE(id) << "the child ended by itself";
      answered.insert(*id);
    }
    child.Kill();
    while (const auto id = child.NextAnswer()) answered.insert(*id);
  }
}

}  // namespace
}  // namespace freshet::stores
