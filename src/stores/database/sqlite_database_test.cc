#include "stores/database/sqlite_database.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <fstream>
#include <future>

#include "base/io_threads.h"
#include "stores/database/testing/database_conformance.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

using testing::HasSubstr;

class SqliteUnderTest final : public DatabaseUnderTest {
 public:
  explicit SqliteUnderTest(const Clock& clock) : temporary_(clock) {}
  Database& database() override { return *temporary_; }
  void Reopen() override { temporary_.Reopen(); }

 private:
  TempDatabase temporary_;
};

const DatabaseAdapter kSqlite{
    .make = [](const Clock& clock) { return std::make_unique<SqliteUnderTest>(clock); }};

class SqliteDatabaseTest : public testing::Test {
 protected:
  static Database::Body Running(std::string sql) {
    return [sql](Transaction& tx) -> Result<> {
      RETURN_IF_ERROR(tx.Execute(sql));
      return {};
    };
  }
  Result<> Write(Database::Body body, Deadline deadline = Deadline::Never()) {
    return RunBlocking(database_->Write(std::move(body), deadline));
  }
  Result<> Read(Database::Body body, Deadline deadline = Deadline::Never()) {
    return RunBlocking(database_->Read(std::move(body), deadline));
  }
  std::int64_t Number(std::string_view sql) {
    std::int64_t number = -1;
    EXPECT_TRUE(Read([&](Transaction& tx) {
      return tx.Query(sql, {}, [&](const Row& row) { number = row.Int(0); });
    }));
    return number;
  }
  Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path) {
    return SqliteDatabase::Open({.durability = Durability::kOs}, path, clock_, logger_, metrics_);
  }
  std::string FileWith(std::string_view content) {
    const auto path = database_.path().string() + "-other";
    std::ofstream(path) << content;
    return path;
  }

  FakeClock clock_;
  Logger logger_{LogOptions{.level = LogLevel::kError}};
  Metrics metrics_;
  TempDatabase database_{clock_, {}, {.durability = Durability::kOs, .write_queue = 20}};
};

// Holds the writer's thread within a body until it is let go, so that later writes have to wait.
class HeldWriter {
 public:
  explicit HeldWriter(Database& database) {
    thread_ = std::thread([this, &database] {
      EXPECT_TRUE(RunBlocking(database.Write(
          [this](Transaction&) -> Result<> {
            held_.set_value();
            release_.get_future().wait();
            return {};
          },
          Deadline::Never())));
    });
    held_.get_future().wait();
  }
  void LetGo() { release_.set_value(); }
  ~HeldWriter() { thread_.join(); }

 private:
  std::promise<void> held_, release_;
  std::thread thread_;
};

Awaitable<> WriteInto(Database& database, Database::Body body, Deadline deadline,
                      Result<>& outcome) {
  outcome = co_await database.Write(std::move(body), deadline);
}

// Writes that wait behind a held writer: started with Add, answered after Finish.
class WaitingWrites {
 public:
  explicit WaitingWrites(Database& database) : database_(database), writer_(database) {}
  void Add(Database::Body body, Deadline deadline = Deadline::Never()) {
    outcomes_.push_back(std::make_unique<Result<>>());
    boost::asio::co_spawn(context_.get_executor(),
                          WriteInto(database_, std::move(body), deadline, *outcomes_.back()),
                          [](std::exception_ptr) {});
    context_.poll();
  }
  std::vector<Result<>> Finish() {
    writer_.LetGo();
    context_.restart();
    context_.run();
    std::vector<Result<>> outcomes;
    for (auto& outcome : outcomes_) outcomes.push_back(*outcome);
    return outcomes;
  }

 private:
  Database& database_;
  HeldWriter writer_;
  boost::asio::io_context context_{1};
  std::vector<std::unique_ptr<Result<>>> outcomes_;
};

TEST_F(SqliteDatabaseTest, WritesThatWaitShareOneCommit) {
  ASSERT_TRUE(Write(Running("CREATE TABLE things (id BIGINT PRIMARY KEY)")));
  TempDatabase other(clock_);  // its metrics count only what happens here
  ASSERT_TRUE(RunBlocking(
      other->Write(Running("CREATE TABLE things (id BIGINT PRIMARY KEY)"), Deadline::Never())));
  WaitingWrites writes(*other);
  for (int i = 0; i < 10; ++i) {
    writes.Add(Running(fmt::format("INSERT INTO things VALUES ({})", i)));
  }
  for (const auto& outcome : writes.Finish()) EXPECT_TRUE(outcome);
  // The schema table, this one, the held write, and the ten in one: 13 writes in 4 commits.
  const auto metrics = other.metrics().Render();
  EXPECT_THAT(metrics, HasSubstr("freshet_database_group_size_sum 13\n"));
  EXPECT_THAT(metrics, HasSubstr("freshet_database_group_size_count 4\n"));
}

TEST_F(SqliteDatabaseTest, AWriteWhoseDeadlinePassesInTheQueueIsNotRun) {
  bool ran = false;
  WaitingWrites writes(*database_);
  writes.Add(
      [&](Transaction&) -> Result<> {
        ran = true;
        return {};
      },
      Deadline::After(clock_, Duration(100)));
  writes.Add([](Transaction&) -> Result<> { return {}; });
  clock_.Advance(Duration(100));
  const auto outcomes = writes.Finish();
  ASSERT_FALSE(outcomes[0]);
  EXPECT_EQ(outcomes[0].error().kind(), ErrorKind::kDeadline);
  EXPECT_FALSE(ran);
  EXPECT_TRUE(outcomes[1]);
}

TEST_F(SqliteDatabaseTest, AFullQueueRefusesAndTakesAgainLater) {
  WaitingWrites writes(*database_);
  for (int i = 0; i < 21; ++i) writes.Add([](Transaction&) -> Result<> { return {}; });
  const auto outcomes = writes.Finish();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(outcomes[static_cast<std::size_t>(i)]);
  ASSERT_FALSE(outcomes[20]);
  EXPECT_EQ(outcomes[20].error().kind(), ErrorKind::kExhausted);
  EXPECT_TRUE(outcomes[20].error().retry_after());
  EXPECT_TRUE(Write([](Transaction&) -> Result<> { return {}; }));
}

TEST_F(SqliteDatabaseTest, AReadEndsAtItsDeadlineInTheMiddleOfAStatement) {
  const auto outcome = Read(
      [&](Transaction& tx) {
        return tx.Query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", {},
            [&](const Row& row) {
              if (row.Int(0) == 1'000) clock_.Advance(Duration(100));
            });
      },
      Deadline::After(clock_, Duration(100)));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(Number("SELECT 7"), 7);
}

TEST_F(SqliteDatabaseTest, ABodyCannotEndItsTransactionOrChangeSettings) {
  for (const auto* sql :
       {"COMMIT", "ROLLBACK", "BEGIN IMMEDIATE", "SAVEPOINT mine", "RELEASE member",
        "PRAGMA synchronous = OFF", "ATTACH DATABASE ':memory:' AS other"}) {
    const auto outcome = Write(Running(sql));
    ASSERT_FALSE(outcome) << sql;
    EXPECT_EQ(outcome.error().kind(), ErrorKind::kInternal) << sql;
  }
  EXPECT_TRUE(Write([](Transaction&) -> Result<> { return {}; }));
}

TEST_F(SqliteDatabaseTest, MoreTextsThanTheCacheHoldsStillRun) {
  ASSERT_TRUE(Write(Running("CREATE TABLE things (id BIGINT PRIMARY KEY)")));
  EXPECT_TRUE(Write([](Transaction& tx) -> Result<> {
    for (int i = 0; i < 1'500; ++i) {
      RETURN_IF_ERROR(tx.Execute(fmt::format("INSERT INTO things VALUES ({})", i)));
    }
    return {};
  }));
  EXPECT_EQ(Number("SELECT count(*) FROM things"), 1'500);
}

TEST_F(SqliteDatabaseTest, ADatabaseInUseCannotBeOpenedAgain) {
  const auto opened = Open(database_.path().string());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(opened.error().code(), "in_use");
}

TEST_F(SqliteDatabaseTest, AFileOfAnotherKindIsRefused) {
  const auto opened = Open(FileWith(std::string(5'000, 'x')));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind(), ErrorKind::kCorrupt);
}

TEST_F(SqliteDatabaseTest, AFileWithABrokenPageIsCorruptAndStaysReadableElsewhere) {
  ASSERT_TRUE(Write(Running("CREATE TABLE a (id BIGINT PRIMARY KEY, words TEXT)")));
  ASSERT_TRUE(Write(Running("CREATE TABLE b (id BIGINT PRIMARY KEY)")));
  ASSERT_TRUE(Write(Running("INSERT INTO a VALUES (1, 'whole')")));
  const auto root = Number("SELECT rootpage FROM sqlite_schema WHERE name = 'b'");
  const auto copy = FileWith("");
  database_.Reopen();  // everything is in the file now
  std::filesystem::copy_file(database_.path(), copy,
                             std::filesystem::copy_options::overwrite_existing);
  {
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((root - 1) * 4'096);
    file << std::string(4'096, '\xff');
  }
  auto opened = Open(copy);
  ASSERT_TRUE(opened) << opened.error().ToString();
  const auto outcome =
      RunBlocking((*opened)->Write(Running("INSERT INTO b VALUES (1)"), Deadline::Never()));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kCorrupt);
  EXPECT_TRUE(
      RunBlocking((*opened)->Write(Running("INSERT INTO a VALUES (2, 'x')"), Deadline::Never())));
}

TEST_F(SqliteDatabaseTest, TheWriteAheadLogStaysSmallHoweverMuchIsWritten) {
  TempDatabase small(clock_, {},
                     {.durability = Durability::kOs, .checkpoint_bytes = std::int64_t{64} << 10});
  const auto write = [&](Database::Body body) {
    return RunBlocking(small->Write(std::move(body), Deadline::Never()));
  };
  ASSERT_TRUE(write(Running("CREATE TABLE things (id BIGINT PRIMARY KEY, words TEXT)")));
  const std::string words(20'000, 'x');
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
      RETURN_IF_ERROR(tx.Execute("INSERT INTO things VALUES ($1, $2)", {i, words}));
      return {};
    }));
  }
  EXPECT_LT(std::filesystem::file_size(small.path().string() + "-wal"), 4u << 20);
  EXPECT_GT(std::filesystem::file_size(small.path()), 15u << 20);
}

TEST_F(SqliteDatabaseTest, ManyReadsAtOnceAreAllAnswered) {
  ASSERT_TRUE(Write(Running("CREATE TABLE things (id BIGINT PRIMARY KEY)")));
  std::vector<Result<std::int64_t>> answers(200, Internal("not answered"));
  boost::asio::io_context context(1);
  const auto read = [](Database& db, Result<std::int64_t>& answer) -> Awaitable<> {
    answer = co_await ReadReturning(
        db,
        [](Transaction& tx) -> Result<std::int64_t> {
          std::int64_t count = -1;
          RETURN_IF_ERROR(tx.Query("SELECT count(*) FROM things", {},
                                   [&](const Row& row) { count = row.Int(0); }));
          return count;
        },
        Deadline::Never());
  };
  for (auto& answer : answers) {
    boost::asio::co_spawn(context.get_executor(), read(*database_, answer),
                          [](std::exception_ptr) {});
  }
  context.run();
  for (const auto& answer : answers) EXPECT_EQ(answer.value_or(-1), 0);
}

TEST_F(SqliteDatabaseTest, NothingThatWasDeletedIsInTheFilesAfterAScrub) {
  const auto stands_somewhere = [&](std::string_view text) {
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream file(database_.path().string() + suffix, std::ios::binary);
      const std::string content((std::istreambuf_iterator<char>(file)), {});
      if (content.find(text) != std::string::npos) return true;
    }
    return false;
  };
  ASSERT_TRUE(Write(Running("CREATE TABLE texts (id BIGINT PRIMARY KEY, text TEXT UNIQUE)")));
  // Short and long rows, so that some have pages of their own and pages are split and joined.
  ASSERT_TRUE(Write([](Transaction& tx) -> Result<> {
    for (int i = 0; i < 500; ++i) {
      const std::string text = fmt::format("{}{}{}", i % 2 ? "stays-" : "goes-", i,
                                           std::string(i % 50 == 0 ? 10'000 : 40, 'x'));
      RETURN_IF_ERROR(tx.Execute("INSERT INTO texts (id, text) VALUES ($1, $2)", {i * 7919, text}));
    }
    return {};
  }));
  ASSERT_TRUE(Write(Running("UPDATE texts SET text = 'replaced' WHERE id = 7919")));
  ASSERT_TRUE(Write(Running("DELETE FROM texts WHERE text LIKE 'goes-%'")));
  EXPECT_TRUE(stands_somewhere("goes-"));
  EXPECT_TRUE(RunBlocking(database_->Scrub(Deadline::Never())));
  EXPECT_FALSE(stands_somewhere("goes-"));
  EXPECT_FALSE(stands_somewhere("stays-1x")) << "it was replaced";
  EXPECT_TRUE(stands_somewhere("stays-3x"));
  EXPECT_TRUE(Write(Running("DELETE FROM texts WHERE id = 0")));
  EXPECT_EQ(Number("SELECT count(*) FROM texts"), 250);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseConformance, testing::Values(kSqlite));

}  // namespace freshet::stores
