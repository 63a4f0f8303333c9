#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <boost/asio/co_spawn.hpp>
#include <filesystem>

#include "base/io_threads.h"
#include "stores/database/migrations.h"
#include "stores/database/sqlite_database.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

constexpr std::array kMigrations{
    Migration{1, "CREATE TABLE things (id BIGINT PRIMARY KEY, words TEXT NOT NULL)"}};
constexpr std::array kSchemas{Schema{"things", kMigrations}};

Result<> Insert(Transaction& tx, std::int64_t id, std::string_view words) {
  RETURN_IF_ERROR(tx.Execute("INSERT INTO things VALUES ($1, $2)", {id, words}));
  return {};
}

Awaitable<> InsertInto(Database& database, std::int64_t id, const std::string& words,
                       Result<>& outcome) {
  outcome = co_await database.Write([&](Transaction& tx) { return Insert(tx, id, words); },
                                    Deadline::Never());
}

// What a full disk must not do, wherever the bound comes from.
class Filler {
 public:
  // Numbers its rows from `first` on.
  explicit Filler(Database& database, std::int64_t first = 1) : database_(database), next_(first) {}

  // Inserts until an insert fails, and checks that it fails clearly.
  void FillUp() {
    for (;;) {
      const auto outcome = Add();
      if (outcome) continue;
      EXPECT_EQ(outcome.error().kind(), ErrorKind::kExhausted) << outcome.error().ToString();
      EXPECT_EQ(outcome.error().code(), "disk_full");
      break;
    }
  }
  Result<> Add() {
    Result<> outcome;
    RunBlocking(InsertInto(database_, next_++, words_, outcome));
    if (outcome) ++answered_;
    return outcome;
  }
  void AddManyAtOnce() {
    std::vector<Result<>> outcomes(50);
    boost::asio::io_context context(1);
    for (auto& outcome : outcomes) {
      boost::asio::co_spawn(context.get_executor(), InsertInto(database_, next_++, words_, outcome),
                            [](std::exception_ptr) {});
    }
    context.run();
    for (const auto& outcome : outcomes) answered_ += outcome ? 1 : 0;
  }
  void EverythingAnsweredIsThere() {
    std::int64_t count = -1;
    const auto outcome = RunBlocking(database_.Read(
        [&](Transaction& tx) {
          return tx.Query("SELECT count(*) FROM things WHERE length(words) = 10000", {},
                          [&](const Row& row) { count = row.Int(0); });
        },
        Deadline::Never()));
    EXPECT_TRUE(outcome) << outcome.error().ToString();
    EXPECT_EQ(count, answered_);
  }
  std::int64_t answered() const { return answered_; }

 private:
  Database& database_;
  const std::string words_ = std::string(10'000, 'x');
  std::int64_t next_;
  std::int64_t answered_ = 0;
};

TEST(SqliteDiskFullTest, ABoundOnTheFileIsKept) {
  FakeClock clock;
  TempDatabase database(clock, kSchemas, {.durability = Durability::kOs, .max_bytes = 1 << 20});
  Filler filler(*database);
  filler.FillUp();
  EXPECT_GT(filler.answered(), 50);
  filler.AddManyAtOnce();
  filler.EverythingAnsweredIsThere();
  database.Reopen();
  Filler(*database, 1'000'000).FillUp();
  EXPECT_LE(std::filesystem::file_size(database.path()), 1u << 20);
  EXPECT_TRUE(RunBlocking(database->Write(
      [](Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute("DELETE FROM things"));
        return {};
      },
      Deadline::Never())));
  Filler again(*database);
  EXPECT_TRUE(again.Add());
  again.EverythingAnsweredIsThere();
}

TEST(SqliteDiskFullTest, OneHugeTransactionFailsAloneAmongSmallOnes) {
  FakeClock clock;
  TempDatabase database(clock, kSchemas, {.durability = Durability::kOs, .max_bytes = 1 << 20});
  const std::string words(10'000, 'x');
  std::vector<Result<>> outcomes(21);
  boost::asio::io_context context(1);
  const auto huge = [](Database& db, Result<>& outcome) -> Awaitable<> {
    outcome = co_await db.Write(
        [](Transaction& tx) { return Insert(tx, 1'000, std::string(3'000'000, 'y')); },
        Deadline::Never());
  };
  for (std::int64_t i = 0; i < 21; ++i) {
    auto& outcome = outcomes[static_cast<std::size_t>(i)];
    boost::asio::co_spawn(
        context.get_executor(),
        i == 10 ? huge(*database, outcome) : InsertInto(*database, i, words, outcome),
        [](std::exception_ptr) {});
  }
  context.run();
  for (std::size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].has_value(), i != 10);
  EXPECT_EQ(outcomes[10].error().code(), "disk_full");
}

// A file system of one megabyte.
class SmallDisk {
 public:
  SmallDisk() {
    std::filesystem::create_directory(path_);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  void Grow() { ASSERT_EQ(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0); }
  std::string path() const { return path_.string(); }

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("freshet-small-disk-" + std::to_string(::getpid()));
  bool mounted_ = false;
};

class SqliteSmallDiskTest : public testing::TestWithParam<Durability> {};

TEST_P(SqliteSmallDiskTest, AFullDiskLosesNothingAndIsForgottenOnceThereIsSpace) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a file system here";
  FakeClock clock;
  Logger logger(LogOptions{.level = LogLevel::kError});
  Metrics metrics;
  const SqliteOptions options{.durability = GetParam()};
  const auto path = disk.path() + "/full.db";
  auto database = SqliteDatabase::Open(options, path, clock, logger, metrics);
  ASSERT_TRUE(database) << database.error().ToString();
  ASSERT_TRUE(RunBlocking(Migrate(**database, kSchemas, clock, Deadline::Never())));
  {
    Filler filler(**database);
    filler.FillUp();
    EXPECT_GT(filler.answered(), 5);
    filler.EverythingAnsweredIsThere();
    filler.AddManyAtOnce();
    filler.EverythingAnsweredIsThere();
    disk.Grow();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(filler.Add());
    filler.AddManyAtOnce();
    filler.EverythingAnsweredIsThere();
  }
  database->reset();
  EXPECT_TRUE(SqliteDatabase::Open(options, path, clock, logger, metrics));
}

INSTANTIATE_TEST_SUITE_P(Durabilities, SqliteSmallDiskTest,
                         testing::Values(Durability::kFsync, Durability::kOs),
                         [](const auto& parameter) {
                           return parameter.param == Durability::kFsync ? "Fsync" : "Os";
                         });

}  // namespace
}  // namespace freshet::stores
