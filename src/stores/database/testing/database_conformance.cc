#include "stores/database/testing/database_conformance.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <cmath>
#include <future>
#include <latch>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>

#include "base/io_threads.h"
#include "stores/database/migrations.h"

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::array kMigrations{Migration{1, R"(
    CREATE TABLE pairs (key TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL CHECK (value >= 0));
    CREATE TABLE parts (
      whole TEXT NOT NULL REFERENCES pairs (key) DEFERRABLE INITIALLY DEFERRED,
      part INTEGER NOT NULL,
      PRIMARY KEY (whole, part)) /*clustered*/;
    CREATE TABLE strict_parts (
      id BIGINT PRIMARY KEY,
      whole TEXT NOT NULL REFERENCES pairs (key));
    CREATE TABLE kinds (
      id BIGINT PRIMARY KEY, number BIGINT, small SMALLINT, real DOUBLE PRECISION, words TEXT);
)"}};

constexpr std::string_view kPut =
    "INSERT INTO pairs (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2";

Result<> Execute(Transaction& tx, std::string_view sql,
                 std::initializer_list<Sql> parameters = {}) {
  RETURN_IF_ERROR(tx.Execute(sql, parameters));
  return {};
}

Result<std::int64_t> Number(Transaction& tx, std::string_view sql,
                            std::initializer_list<Sql> parameters = {}) {
  std::int64_t number = -1;
  RETURN_IF_ERROR(tx.Query(sql, parameters, [&](const Row& row) { number = row.Int(0); }));
  return number;
}

std::string CodeOf(const Result<>& outcome) {
  return outcome ? "success"
                 : fmt::format("{}/{}", Name(outcome.error().kind()), outcome.error().code());
}

Awaitable<> WriteInto(Database& database, Database::Body body, Result<>& outcome) {
  outcome = co_await database.Write(std::move(body), Deadline::Never());
}

}  // namespace

void DatabaseConformance::SetUp() {
  subject_ = GetParam().make(clock_);
  const Schema schema{.service = "conformance", .migrations = kMigrations};
  const auto migrated =
      RunBlocking(Migrate(database(), std::span(&schema, 1), clock_, Deadline::Never()));
  ASSERT_TRUE(migrated) << migrated.error().ToString();
}

Result<> DatabaseConformance::Write(Body body, Deadline deadline) {
  return RunBlocking(database().Write(std::move(body), deadline));
}

Result<> DatabaseConformance::Read(Body body, Deadline deadline) {
  return RunBlocking(database().Read(std::move(body), deadline));
}

Result<> DatabaseConformance::Do(std::string_view sql, std::initializer_list<Sql> parameters) {
  return Write([&](Transaction& tx) { return Execute(tx, sql, parameters); });
}

std::vector<std::string> DatabaseConformance::Column(std::string_view sql,
                                                     std::initializer_list<Sql> parameters) {
  std::vector<std::string> values;
  const auto outcome = Read([&](Transaction& tx) {
    return tx.Query(sql, parameters, [&](const Row& row) {
      values.emplace_back(row.IsNull(0) ? "NULL" : row.Text(0));
    });
  });
  EXPECT_TRUE(outcome) << outcome.error().ToString();
  return values;
}

std::vector<Result<>> DatabaseConformance::WriteAll(std::vector<Body> bodies) {
  std::vector<Result<>> outcomes(bodies.size());
  boost::asio::io_context context(1);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    boost::asio::co_spawn(context.get_executor(),
                          WriteInto(database(), std::move(bodies[i]), outcomes[i]),
                          [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); });
  }
  context.run();
  return outcomes;
}

void DatabaseConformance::Put(std::string_view key, std::int64_t value) {
  const auto outcome = Do(kPut, {key, value});
  ASSERT_TRUE(outcome) << outcome.error().ToString();
}

std::vector<std::string> DatabaseConformance::Keys() {
  return Column("SELECT key FROM pairs ORDER BY key");
}

TEST_P(DatabaseConformance, WhatWasWrittenIsReadAlsoAfterARestart) {
  Put("ana", 1);
  EXPECT_THAT(Keys(), ElementsAre("ana"));
  subject_->Reopen();
  EXPECT_THAT(Keys(), ElementsAre("ana"));
}

TEST_P(DatabaseConformance, NumbersOfAllSizesComeBackAsTheyWere) {
  constexpr std::array kNumbers{std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                std::int64_t{0}, (std::int64_t{1} << 53) + 1,
                                std::numeric_limits<std::int64_t>::max()};
  constexpr std::array kReals{0.1, -1e308, 5e-324, 0.0};
  const auto outcome = Write([&](Transaction& tx) -> Result<> {
    std::int64_t id = 0;
    for (const auto number : kNumbers) {
      RETURN_IF_ERROR(tx.Execute("INSERT INTO kinds (id, number) VALUES ($1, $2)", {++id, number}));
    }
    for (const auto real : kReals) {
      RETURN_IF_ERROR(tx.Execute("INSERT INTO kinds (id, real) VALUES ($1, $2)", {++id, real}));
    }
    return {};
  });
  ASSERT_TRUE(outcome) << outcome.error().ToString();
  std::vector<std::int64_t> numbers;
  std::vector<double> reals;
  ASSERT_TRUE(Read([&](Transaction& tx) {
    return tx.Query("SELECT number, real FROM kinds ORDER BY id", {}, [&](const Row& row) {
      if (!row.IsNull(0)) numbers.push_back(row.Int(0));
      if (!row.IsNull(1)) reals.push_back(row.Real(1));
    });
  }));
  EXPECT_THAT(numbers, testing::ElementsAreArray(kNumbers));
  EXPECT_THAT(reals, testing::ElementsAreArray(kReals));
}

TEST_P(DatabaseConformance, TextsComeBackAsTheyWere) {
  const std::array texts{std::string(), std::string("'; DROP TABLE pairs; --"),
                         std::string("Grüße, 世界 🌊 \t\r\n\x01"), std::string(3'000'000, 'x')};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_TRUE(Do("INSERT INTO kinds (id, words) VALUES ($1, $2)", {i, texts[i]}));
  }
  EXPECT_THAT(Column("SELECT words FROM kinds ORDER BY id"), testing::ElementsAreArray(texts));
}

TEST_P(DatabaseConformance, NullIsNotTheEmptyTextAndReadsAsNothing) {
  ASSERT_TRUE(Do("INSERT INTO kinds (id, number, words) VALUES (1, $1, $2)",
                 {std::optional<std::int64_t>(), std::optional<std::string>()}));
  ASSERT_TRUE(Do("INSERT INTO kinds (id, number, words) VALUES (2, $1, $2)",
                 {std::optional<std::int64_t>(0), std::optional<std::string>("")}));
  EXPECT_THAT(Column("SELECT id FROM kinds WHERE words IS NULL AND number IS NULL"),
              ElementsAre("1"));
  ASSERT_TRUE(Read([](Transaction& tx) {
    return tx.Query("SELECT number, words FROM kinds WHERE id = 1", {}, [](const Row& row) {
      EXPECT_TRUE(row.IsNull(0) && row.IsNull(1));
      EXPECT_EQ(row.Int(0), 0);
      EXPECT_EQ(row.Text(1), "");
      EXPECT_EQ(row.OptionalTime(0), std::nullopt);
    });
  }));
}

TEST_P(DatabaseConformance, TimesIdsAndBooleansGoInAndOut) {
  const Timestamp time{std::chrono::milliseconds(1'767'225'600'123)};
  const AccountId id{kMaxIdValue};
  ASSERT_TRUE(Do("INSERT INTO kinds (id, number, small) VALUES ($1, $2, $3)", {id, time, true}));
  ASSERT_TRUE(Read([&](Transaction& tx) {
    return tx.Query("SELECT id, number, small FROM kinds", {}, [&](const Row& row) {
      EXPECT_EQ(row.AsId<AccountId>(0), id);
      EXPECT_EQ(row.Time(1), time);
      EXPECT_TRUE(row.Bool(2));
    });
  }));
}

TEST_P(DatabaseConformance, AColumnHoldsToItsType) {
  EXPECT_FALSE(Do("INSERT INTO kinds (id, number) VALUES (1, $1)", {"not a number"}));
  EXPECT_THAT(Column("SELECT id FROM kinds"), IsEmpty());
}

TEST_P(DatabaseConformance, WhatNoAdapterCanStoreIsRefused) {
  EXPECT_EQ(CodeOf(Do(kPut, {std::string_view("a\0b", 3), 1})), "invalid/nul_character");
  EXPECT_EQ(CodeOf(Do("INSERT INTO kinds (id, real) VALUES (1, $1)", {std::nan("")})),
            "invalid/nan");
}

TEST_P(DatabaseConformance, ParametersMayRepeatAndStandInAnyOrder) {
  ASSERT_TRUE(Do("INSERT INTO pairs (value, key) VALUES ($2, $1), ($2 + 1, $3)", {"a", 7, "b"}));
  ASSERT_TRUE(Do("UPDATE pairs SET value = value + $1 WHERE value >= $1", {8}));
  EXPECT_THAT(Column("SELECT value FROM pairs ORDER BY key"), ElementsAre("7", "16"));
}

TEST_P(DatabaseConformance, MissingAndExtraParametersAreRefused) {
  EXPECT_EQ(CodeOf(Do(kPut, {"a"})), "internal/internal");
  EXPECT_EQ(CodeOf(Do(kPut, {"a", 1, 2})), "internal/internal");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_P(DatabaseConformance, AWrongStatementIsInternal) {
  EXPECT_EQ(CodeOf(Do("INSERT INTO nowhere (x) VALUES (1)")), "internal/internal");
  EXPECT_EQ(CodeOf(Do("SELEKT 1")), "internal/internal");
  EXPECT_EQ(CodeOf(Do("DELETE FROM pairs; DELETE FROM parts")), "internal/internal");
}

TEST_P(DatabaseConformance, ChangedRowsAreCounted) {
  std::vector<std::int64_t> counts;
  ASSERT_TRUE(Write([&](Transaction& tx) -> Result<> {
    counts.clear();
    for (const auto* sql : {"INSERT INTO pairs VALUES ('a', 1), ('b', 2), ('c', 3)",
                            "UPDATE pairs SET value = value + 1 WHERE value > 1",
                            "UPDATE pairs SET value = 0 WHERE value > 100",
                            "INSERT INTO pairs VALUES ('a', 1) ON CONFLICT DO NOTHING",
                            "CREATE INDEX pairs_by_value ON pairs (value)", "DELETE FROM pairs"}) {
      ASSIGN_OR_RETURN(const auto count, tx.Execute(sql));
      counts.push_back(count);
    }
    return {};
  }));
  EXPECT_THAT(counts, ElementsAre(3, 2, 0, 0, 0, 3));
}

TEST_P(DatabaseConformance, AStatementMayReturnWhatItWrote) {
  std::vector<std::string> returned;
  ASSERT_TRUE(Write([&](Transaction& tx) {
    returned.clear();
    return tx.Query("INSERT INTO pairs VALUES ('a', 1), ('b', 2) RETURNING key", {},
                    [&](const Row& row) { returned.emplace_back(row.Text(0)); });
  }));
  EXPECT_THAT(returned, testing::UnorderedElementsAre("a", "b"));
  EXPECT_THAT(Keys(), ElementsAre("a", "b"));
}

TEST_P(DatabaseConformance, ATransactionSeesItsOwnWrites) {
  std::int64_t seen = 0;
  ASSERT_TRUE(Write([&](Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(tx.Execute(kPut, {"a", 5}));
    ASSIGN_OR_RETURN(seen, Number(tx, "SELECT value FROM pairs WHERE key = 'a'"));
    return {};
  }));
  EXPECT_EQ(seen, 5);
}

TEST_P(DatabaseConformance, ABodysErrorUndoesEverything) {
  const auto outcome = Write([&](Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(tx.Execute(kPut, {"a", 1}));
    return Forbidden("not today", "not_today");
  });
  EXPECT_EQ(CodeOf(outcome), "forbidden/not_today");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_P(DatabaseConformance, ABodysExceptionUndoesEverything) {
  const auto outcome = Write([&](Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(tx.Execute(kPut, {"a", 1}));
    throw std::runtime_error("a bug");
  });
  EXPECT_EQ(CodeOf(outcome), "internal/internal");
  EXPECT_THAT(outcome.error().message(), testing::HasSubstr("a bug"));
  EXPECT_EQ(CodeOf(Read([](Transaction&) -> Result<> { throw 42; })), "internal/internal");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_P(DatabaseConformance, AnExceptionAmongTheRowsLeavesTheStatementUsable) {
  Put("a", 1);
  constexpr std::string_view kSelect = "SELECT key FROM pairs";
  EXPECT_EQ(CodeOf(Read([&](Transaction& tx) {
              return tx.Query(kSelect, {}, [](const Row&) { throw std::runtime_error("a bug"); });
            })),
            "internal/internal");
  EXPECT_THAT(Column(kSelect), ElementsAre("a"));
  EXPECT_TRUE(Do("DROP TABLE strict_parts"));
}

TEST_P(DatabaseConformance, ConstraintsSayWhichKindTheyAre) {
  Put("a", 1);
  EXPECT_EQ(CodeOf(Do("INSERT INTO pairs VALUES ('a', 2)")), "conflict/unique");
  EXPECT_EQ(CodeOf(Do("INSERT INTO pairs VALUES ('b', -1)")), "conflict/check");
  EXPECT_EQ(CodeOf(Do("INSERT INTO strict_parts VALUES (1, 'nobody')")), "conflict/foreign_key");
  EXPECT_EQ(CodeOf(Do("INSERT INTO pairs (key) VALUES ('c')")), "internal/internal");
  EXPECT_THAT(Column("SELECT value FROM pairs"), ElementsAre("1"));
}

TEST_P(DatabaseConformance, ADeferredReferenceIsCheckedAtTheEnd) {
  EXPECT_EQ(CodeOf(Do("INSERT INTO parts VALUES ('later', 1)")), "conflict/foreign_key");
  EXPECT_TRUE(Write([](Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO parts VALUES ('later', 1)"));
    return Execute(tx, kPut, {"later", 1});
  }));
  EXPECT_THAT(Column("SELECT whole FROM parts"), ElementsAre("later"));
}

TEST_P(DatabaseConformance, AfterAFailedStatementEveryLaterOneFailsToo) {
  std::string later;
  const auto outcome = Write([&](Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(tx.Execute(kPut, {"a", 1}));
    EXPECT_FALSE(tx.Execute(kPut, {"b", -1}));
    later = CodeOf(Execute(tx, kPut, {"c", 1}));
    return {};
  });
  EXPECT_EQ(later, "conflict/check");
  EXPECT_EQ(CodeOf(outcome), "conflict/check");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_P(DatabaseConformance, AStatementWithinAnotherOnesRowsIsRefused) {
  Put("a", 1);
  std::string inner;
  EXPECT_TRUE(Read([&](Transaction& tx) {
    return tx.Query("SELECT key FROM pairs", {}, [&](const Row&) {
      inner = CodeOf(tx.Query("SELECT 1", {}, [](const Row&) {}));
    });
  }));
  EXPECT_EQ(inner, "internal/internal");
}

TEST_P(DatabaseConformance, OfManyWritesAtOnceThoseThatFailFailAlone) {
  Put("taken", 1);
  std::vector<Body> bodies;
  for (int i = 0; i < 300; ++i) {
    bodies.push_back([i](Transaction& tx) -> Result<> {
      RETURN_IF_ERROR(tx.Execute(kPut, {fmt::format("w{:03}", i), i}));
      if (i % 5 == 1) return Forbidden("body");
      if (i % 5 == 2) throw std::runtime_error("exception");
      if (i % 5 == 3) return Execute(tx, "INSERT INTO pairs VALUES ('taken', 2)");
      if (i % 5 == 4) return Execute(tx, "INSERT INTO parts VALUES ('nobody', $1)", {i});
      return {};
    });
  }
  const auto outcomes = WriteAll(std::move(bodies));
  std::vector<std::string> expected{"taken"};
  for (int i = 0; i < 300; ++i) {
    constexpr std::array kCodes{"success", "forbidden/forbidden", "internal/internal",
                                "conflict/unique", "conflict/foreign_key"};
    EXPECT_EQ(CodeOf(outcomes[static_cast<std::size_t>(i)]),
              kCodes[static_cast<std::size_t>(i % 5)]);
    if (i % 5 == 0) expected.push_back(fmt::format("w{:03}", i));
  }
  std::ranges::sort(expected);
  EXPECT_EQ(Keys(), expected);
}

TEST_P(DatabaseConformance, WritersAreSerialised) {
  Put("sum", 0);
  const Body increment = [](Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto sum, Number(tx, "SELECT value FROM pairs WHERE key = 'sum'"));
    return Execute(tx, kPut, {"sum", sum + 1});
  };
  for (const auto& outcome : WriteAll(std::vector<Body>(200, increment))) EXPECT_TRUE(outcome);
  EXPECT_THAT(Column("SELECT value FROM pairs"), ElementsAre("200"));
}

TEST_P(DatabaseConformance, AReadSeesEveryWriteThatReturnedBefore) {
  IoThreads threads(2);
  std::latch done(8);
  std::atomic<int> misses = 0;
  const auto check = [](Database& db, int who, std::atomic<int>& missed) -> Awaitable<> {
    for (int i = 0; i < 50; ++i) {
      const auto key = fmt::format("{}-{}", who, i);
      auto written = co_await db.Write([&](Transaction& tx) { return Execute(tx, kPut, {key, i}); },
                                       Deadline::Never());
      auto seen = co_await ReadReturning(
          db,
          [&](Transaction& tx) {
            return Number(tx, "SELECT value FROM pairs WHERE key = $1", {key});
          },
          Deadline::Never());
      if (!written || !seen || *seen != i) ++missed;
    }
  };
  for (int who = 0; who < 8; ++who) {
    boost::asio::co_spawn(threads.Next(), check(database(), who, misses),
                          [&](std::exception_ptr) { done.count_down(); });
  }
  done.wait();
  EXPECT_EQ(misses, 0);
}

TEST_P(DatabaseConformance, AReadIsOneSnapshot) {
  Put("a", 1);
  std::promise<void> first_look, written;
  std::int64_t before = 0, after = 0;
  std::thread reader([&] {
    EXPECT_TRUE(Read([&](Transaction& tx) -> Result<> {
      ASSIGN_OR_RETURN(before, Number(tx, "SELECT sum(value) FROM pairs"));
      first_look.set_value();
      written.get_future().wait();
      ASSIGN_OR_RETURN(after, Number(tx, "SELECT sum(value) FROM pairs"));
      return {};
    }));
  });
  first_look.get_future().wait();
  Put("b", 10);
  written.set_value();
  reader.join();
  EXPECT_EQ(before, 1);
  EXPECT_EQ(after, 1);
  EXPECT_THAT(Column("SELECT sum(value) FROM pairs"), ElementsAre("11"));
}

TEST_P(DatabaseConformance, ChangesWithinAReadAreRefused) {
  const auto outcome = Read([](Transaction& tx) { return Execute(tx, kPut, {"a", 1}); });
  EXPECT_EQ(CodeOf(outcome), "internal/internal");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_P(DatabaseConformance, NothingRunsAfterItsDeadline) {
  const auto deadline = Deadline::After(clock_, Duration(10));
  clock_.Advance(Duration(10));
  bool ran = false;
  const Body body = [&](Transaction&) -> Result<> {
    ran = true;
    return {};
  };
  EXPECT_EQ(CodeOf(Write(body, deadline)), "deadline/deadline");
  EXPECT_EQ(CodeOf(Read(body, deadline)), "deadline/deadline");
  EXPECT_FALSE(ran);
}

TEST_P(DatabaseConformance, ACommitThatWroteToTheOutboxWakesAndNoOther) {
  std::atomic<int> woken = 0;
  std::binary_semaphore rung(0);
  database().OnOutbox([&] {
    ++woken;
    rung.release();
  });
  const auto fact = [](Transaction& tx) { return tx.LockOutbox("ana"); };
  Put("a", 1);
  EXPECT_FALSE(Write([&](Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(fact(tx));
    return Forbidden("rolled back");
  }));
  EXPECT_EQ(woken, 0);
  EXPECT_TRUE(Write(fact));
  EXPECT_TRUE(rung.try_acquire_for(std::chrono::seconds(30)));
  database().OnOutbox({});
  EXPECT_TRUE(Write(fact));
  EXPECT_EQ(woken, 1);
}

// The same random transactions on the database and on a map; some of them fail half-way.
TEST_P(DatabaseConformance, BehavesLikeAMap) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::string, std::int64_t> model;
  for (int round = 0; round < 150; ++round) {
    const auto body_seed = random();
    std::map<std::string, std::int64_t> draft;
    const auto outcome = Write([&](Transaction& tx) -> Result<> {
      std::mt19937 choice(body_seed);
      draft = model;
      for (auto steps = choice() % 6; steps > 0; --steps) {
        const auto key = fmt::format("k{}", choice() % 20);
        const auto value = static_cast<std::int64_t>(choice());
        if (choice() % 3 == 0) {
          ASSIGN_OR_RETURN(const auto gone, tx.Execute("DELETE FROM pairs WHERE key = $1", {key}));
          EXPECT_EQ(gone, static_cast<std::int64_t>(draft.erase(key)));
        } else {
          RETURN_IF_ERROR(tx.Execute(kPut, {key, value}));
          draft[key] = value;
        }
      }
      if (choice() % 4 == 0) return Forbidden("undo");
      return {};
    });
    if (outcome) model = draft;
    std::vector<std::string> expected;
    for (const auto& [key, value] : model) expected.push_back(fmt::format("{}={}", key, value));
    ASSERT_EQ(Column("SELECT key || '=' || value FROM pairs ORDER BY key"), expected);
  }
}

}  // namespace freshet::stores
