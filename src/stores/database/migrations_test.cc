#include "stores/database/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/io_threads.h"
#include "stores/database/dialect.h"
#include "stores/database/testing/faulty_database.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::array kTwo{
    Migration{1, R"(
      -- People; this comment ends like a statement;
      CREATE TABLE people (
        id BIGINT PRIMARY KEY,
        name TEXT NOT NULL DEFAULT 'a;b');
      CREATE INDEX people_by_name
        ON people (name);
    )"},
    Migration{2, "ALTER TABLE people ADD COLUMN age SMALLINT NOT NULL DEFAULT 7"}};
constexpr std::array kBroken{
    Migration{1, "CREATE TABLE good (id BIGINT PRIMARY KEY)"},
    Migration{2, "CREATE TABLE half (id BIGINT PRIMARY KEY);\nCREATE TABLE people oops;\n"}};

class MigrationsTest : public testing::Test {
 protected:
  Result<> Bring(std::string_view service, std::span<const Migration> migrations) {
    const Schema schema{service, migrations};
    return RunBlocking(Migrate(*database_, std::span(&schema, 1), clock_, Deadline::Never()));
  }
  std::vector<std::string> Column(std::string_view sql) {
    std::vector<std::string> values;
    EXPECT_TRUE(RunBlocking(database_->Read(
        [&](Transaction& tx) {
          return tx.Query(sql, {}, [&](const Row& row) { values.emplace_back(row.Text(0)); });
        },
        Deadline::Never())));
    return values;
  }
  std::vector<std::string> Applied() {
    return Column("SELECT service || ' ' || number FROM schema_migrations ORDER BY 1");
  }

  FakeClock clock_;
  TempDatabase database_{clock_};
};

TEST_F(MigrationsTest, EachIsAppliedOnceAndRecorded) {
  ASSERT_TRUE(Bring("accounts", std::span(kTwo).first(1)));
  EXPECT_THAT(Applied(), ElementsAre("accounts 1"));
  ASSERT_TRUE(Bring("accounts", kTwo));
  ASSERT_TRUE(Bring("accounts", kTwo));
  EXPECT_THAT(Applied(), ElementsAre("accounts 1", "accounts 2"));
  EXPECT_THAT(Column("SELECT name || age FROM people"), IsEmpty());
}

TEST_F(MigrationsTest, AFailingOneIsUndoneAndThoseBeforeItStay) {
  const auto outcome = Bring("accounts", kBroken);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message(), testing::HasSubstr("migration 2 of accounts"));
  EXPECT_THAT(Applied(), ElementsAre("accounts 1"));
  EXPECT_THAT(Column("SELECT name FROM sqlite_schema WHERE name = 'half'"), IsEmpty());
}

TEST_F(MigrationsTest, ADatabaseOfANewerProgramIsLeftAlone) {
  ASSERT_TRUE(Bring("accounts", kTwo));
  const auto outcome = Bring("accounts", std::span(kTwo).first(1));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(outcome.error().code(), "newer_schema");
}

TEST_F(MigrationsTest, NumbersHaveNoGaps) {
  const auto outcome = Bring("accounts", std::span(kTwo).last(1));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kInternal);
  EXPECT_THAT(Column("SELECT name FROM sqlite_schema WHERE name = 'people'"), IsEmpty());
}

TEST_F(MigrationsTest, AnUnknownOutcomeIsMendedByTheNextStart) {
  FaultPlan plan;
  FaultyDatabase faulty(*database_, plan);
  const Schema schema{"accounts", kTwo};
  plan.FailNextAfterEffect(2);
  for (int start = 0; start < 2; ++start) {
    EXPECT_FALSE(RunBlocking(Migrate(faulty, std::span(&schema, 1), clock_, Deadline::Never())));
  }
  EXPECT_TRUE(RunBlocking(Migrate(faulty, std::span(&schema, 1), clock_, Deadline::Never())));
  EXPECT_THAT(Applied(), ElementsAre("accounts 1", "accounts 2"));
}

TEST_F(MigrationsTest, BodiesThatRunTwiceDoNoHarm) {
  FaultPlan plan;
  FaultyDatabase faulty(*database_, plan);
  faulty.RepeatBodies();
  const Schema schema{"accounts", kTwo};
  EXPECT_TRUE(RunBlocking(Migrate(faulty, std::span(&schema, 1), clock_, Deadline::Never())));
  EXPECT_THAT(Applied(), ElementsAre("accounts 1", "accounts 2"));
}

TEST(Dialect, TablesGetSqlitesTypesAndAreStrict) {
  EXPECT_EQ(ToSqlite("\n  CREATE TABLE t (id BIGINT PRIMARY KEY, r DOUBLE PRECISION, s SMALLINT);"),
            "CREATE TABLE t (id INTEGER PRIMARY KEY, r REAL, s INTEGER) STRICT");
  EXPECT_EQ(ToSqlite("CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY)"),
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT");
  EXPECT_EQ(ToSqlite("CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b)) /*clustered*/;\n"),
            "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID, STRICT");
}

TEST(Dialect, NamesTextsAndOtherStatementsStay) {
  EXPECT_EQ(ToSqlite("CREATE TABLE t (BIGINTS TEXT DEFAULT 'BIGINT', \"SMALLINT\" TEXT)"),
            "CREATE TABLE t (BIGINTS TEXT DEFAULT 'BIGINT', \"SMALLINT\" TEXT) STRICT");
  EXPECT_EQ(ToSqlite("SELECT 'BIGINT' /*clustered*/"), "SELECT 'BIGINT' /*clustered*/");
}

}  // namespace
}  // namespace freshet::stores
