// Transactions, reads and relayed facts per second. Each iteration is one round of every caller.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>

#include "base/io_threads.h"
#include "stores/database/outbox.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

constexpr std::array kMigrations{Migration{
    1,
    "CREATE TABLE posts (id BIGINT PRIMARY KEY, author BIGINT NOT NULL, body TEXT NOT NULL);\n"
    "CREATE INDEX posts_by_author ON posts (author, id);"}};
constexpr int kCallsPerRound = 16;
constexpr std::int64_t kPosts = 100'000;

class Table {
 public:
  explicit Table(SqliteOptions options)
      : schemas_{Schema{"bench", kMigrations}, OutboxSchema()},
        database_(clock_, schemas_, options) {}
  Database& database() { return *database_; }

  Result<> Insert(Transaction& tx, std::int64_t id) {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO posts VALUES ($1, $2, $3)", {id, id % 1'000, body_}));
    return {};
  }
  std::int64_t NextId() { return ++last_id_; }
  const Clock& clock() const { return clock_; }

 private:
  SystemClock clock_;
  const std::array<Schema, 2> schemas_;
  TempDatabase database_;
  const std::string body_ = std::string(300, 'x');
  std::int64_t last_id_ = 0;
};

Awaitable<> WriteRound(Table& table, bool with_fact) {
  for (int i = 0; i < kCallsPerRound; ++i) {
    const auto id = table.NextId();
    const auto outcome = co_await table.database().Write(
        [&](Transaction& tx) -> Result<> {
          RETURN_IF_ERROR(table.Insert(tx, id));
          if (!with_fact) return {};
          return AddToOutbox(tx, "posts", fmt::format("{}", id % 1'000), R"({"id":"1234567890"})");
        },
        Deadline::Never());
    if (!outcome) throw std::runtime_error(outcome.error().ToString());
  }
}

Awaitable<> ReadRound(Table& table, std::uint64_t seed) {
  for (int i = 0; i < kCallsPerRound; ++i) {
    seed = MixBits(seed + 1);
    const auto id = static_cast<std::int64_t>(seed % kPosts) + 1;
    std::size_t size = 0;
    const auto outcome = co_await table.database().Read(
        [&](Transaction& tx) {
          return tx.Query("SELECT author, body FROM posts WHERE id = $1", {id},
                          [&](const Row& row) { size = row.Text(1).size(); });
        },
        Deadline::Never());
    if (!outcome || size == 0) throw std::runtime_error("a post is missing");
  }
}

template <class MakeRound>
void RunCallers(benchmark::State& state, std::int64_t callers, MakeRound make_round) {
  for (auto _ : state) {
    boost::asio::io_context context(1);
    for (std::int64_t i = 0; i < callers; ++i) {
      boost::asio::co_spawn(context.get_executor(), make_round(i), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
      });
    }
    context.run();
  }
  state.SetItemsProcessed(state.iterations() * callers * kCallsPerRound);
}

// Arguments: concurrent callers; 1 for fsync; writes per commit at most (1: no grouping).
void BM_Write(benchmark::State& state) {
  Table table({.durability = state.range(1) == 1 ? Durability::kFsync : Durability::kOs,
               .group_limit = state.range(2)});
  RunCallers(state, state.range(0), [&](std::int64_t) { return WriteRound(table, false); });
}
BENCHMARK(BM_Write)
    ->ArgNames({"callers", "fsync", "group"})
    ->ArgsProduct({{1, 16, 256}, {0, 1}, {1, 512}})
    ->UseRealTime();

void BM_WriteWithFact(benchmark::State& state) {
  Table table({.durability = Durability::kFsync});
  RunCallers(state, state.range(0), [&](std::int64_t) { return WriteRound(table, true); });
}
BENCHMARK(BM_WriteWithFact)->ArgName("callers")->Arg(256)->UseRealTime();

void BM_PointRead(benchmark::State& state) {
  Table table({.durability = Durability::kOs, .readers = state.range(1)});
  const auto filled = RunBlocking(table.database().Write(
      [&](Transaction& tx) -> Result<> {
        for (std::int64_t i = 0; i < kPosts; ++i) {
          RETURN_IF_ERROR(table.Insert(tx, table.NextId()));
        }
        return {};
      },
      Deadline::Never()));
  if (!filled) return state.SkipWithError(filled.error().ToString().c_str());
  RunCallers(state, state.range(0),
             [&](std::int64_t i) { return ReadRound(table, static_cast<std::uint64_t>(i) << 32); });
}
BENCHMARK(BM_PointRead)
    ->ArgNames({"callers", "readers"})
    ->ArgsProduct({{1, 16, 256}, {1, 2}})
    ->UseRealTime();

// Takes everything and keeps nothing, so that the relay's own cost is seen.
class CountingLog final : public EventLog {
 public:
  Awaitable<Result<std::vector<PartitionPosition>>> Append(std::string, std::vector<Record> records,
                                                           Deadline) override {
    appended += records.size();
    co_return std::vector<PartitionPosition>(records.size());
  }
  Awaitable<Result<>> CreateTopic(std::string, TopicOptions, Deadline) override {
    co_return Refused();
  }
  Awaitable<Result<std::vector<StoredRecord>>> Read(PartitionPosition, std::size_t,
                                                    Deadline) override {
    co_return Refused();
  }
  Awaitable<Result<std::vector<PartitionPosition>>> FindTime(std::string, Timestamp,
                                                             Deadline) override {
    co_return Refused();
  }
  Awaitable<Result<std::unique_ptr<Consumer>>> Join(std::string, std::vector<std::string>,
                                                    Deadline) override {
    co_return Refused();
  }
  Awaitable<Result<>> Seek(std::string, std::vector<PartitionPosition>, Deadline) override {
    co_return Refused();
  }
  Awaitable<Result<EventLogState>> Describe(Deadline) override { co_return Refused(); }

  std::size_t appended = 0;

 private:
  static Failure Refused() { return Invalid("the relay only appends"); }
};

void BM_Relay(benchmark::State& state) {
  constexpr int kFacts = 20'000;
  Table table({.durability = Durability::kFsync});
  Logger logger({.level = LogLevel::kError, .format = LogFormat::kText});
  Metrics metrics;
  CountingLog log;
  OutboxRelay relay(table.database(), log, {.batch = state.range(0)}, table.clock(), logger,
                    metrics);
  for (auto _ : state) {
    state.PauseTiming();
    const auto added = RunBlocking(table.database().Write(
        [&](Transaction& tx) -> Result<> {
          for (int i = 0; i < kFacts; ++i) {
            RETURN_IF_ERROR(AddToOutbox(tx, "posts", fmt::format("{}", i % 1'000),
                                        R"({"id":"1234567890","author":"42"})"));
          }
          return {};
        },
        Deadline::Never()));
    if (!added) return state.SkipWithError(added.error().ToString().c_str());
    state.ResumeTiming();
    if (!RunBlocking(relay.Drain(Deadline::Never()))) return state.SkipWithError("not drained");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(log.appended));
}
BENCHMARK(BM_Relay)->ArgName("batch")->Arg(1'000)->UseRealTime();

}  // namespace
}  // namespace freshet::stores
