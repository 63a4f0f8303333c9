#include "stores/database/sqlite_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/io_threads.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

constexpr std::array kMigrations{
    Migration{1, "CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)"}};
constexpr std::array kSchemas{Schema{.service = "test", .migrations = kMigrations}};

class SqliteCopyTest : public testing::Test {
 protected:
  SqliteCopyTest() { std::filesystem::remove(copy_path_); }
  ~SqliteCopyTest() override { std::filesystem::remove(copy_path_); }

  void Add(std::int64_t first, std::int64_t count) {
    const std::string text(500, 'x');
    ASSERT_TRUE(RunBlocking(database_->Write(
        [&](Transaction& tx) -> Result<> {
          for (std::int64_t id = first; id < first + count; ++id)
            RETURN_IF_ERROR(tx.Execute("INSERT INTO notes (id, text) VALUES ($1, $2)", {id, text}));
          return {};
        },
        Deadline::Never())));
  }
  std::int64_t CountInCopy() {
    Logger logger{LogOptions{}};
    Metrics metrics;
    auto opened =
        SqliteDatabase::Open({.durability = Durability::kOs}, copy_path_, clock_, logger, metrics);
    EXPECT_TRUE(opened) << opened.error().ToString();
    std::int64_t count = -1;
    EXPECT_TRUE(RunBlocking((*opened)->Read(
        [&](Transaction& tx) {
          return tx.Query("SELECT count(*) FROM notes", {},
                          [&](const Row& row) { count = row.Int(0); });
        },
        Deadline::Never())));
    return count;
  }

  SystemClock clock_;
  TempDatabase database_{clock_, kSchemas};
  const std::string copy_path_ =
      std::filesystem::temp_directory_path() / ("freshet-copy-" + std::to_string(getpid()));
};

TEST_F(SqliteCopyTest, HoldsWhatWasCommittedWhenItBeganAndNothingLater) {
  Add(1, 5'000);
  auto copy = SqliteCopy::Begin(database_.path());
  ASSERT_TRUE(copy) << copy.error().ToString();
  Add(10'001, 5'000);
  std::int64_t told = 0;
  const auto written = copy->WriteTo(copy_path_, [&](std::int64_t bytes) {
    if (told == 0) Add(20'001, 5'000);
    told += bytes;
    return true;
  });
  ASSERT_TRUE(written) << written.error().ToString();
  EXPECT_EQ(told, copy->bytes());
  EXPECT_EQ(CountInCopy(), 5'000);
}

TEST_F(SqliteCopyTest, EndsWhenItIsToldTo) {
  Add(1, 10'000);
  auto copy = SqliteCopy::Begin(database_.path());
  ASSERT_TRUE(copy);
  const auto written = copy->WriteTo(copy_path_, [](std::int64_t) { return false; });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace freshet::stores
