#include "stores/database/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/retry.h"
#include "base/signal.h"

namespace freshet::stores {
namespace {

constexpr std::array kMigrations{Migration{1, R"(
    CREATE TABLE outbox (
      id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      topic TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL);
)"}};

constexpr RetryPolicy kBackoff{.base_delay = Duration(100), .max_delay = Duration(5'000)};
constexpr Duration kStepTime{10'000};
constexpr std::size_t kBatchBytes = 8 << 20;

// From the two ends: counting would read all of it.
Result<std::int64_t> CountPending(Transaction& tx) {
  std::int64_t pending = 0;
  RETURN_IF_ERROR(tx.Query(
      "SELECT coalesce((SELECT max(id) FROM outbox) - (SELECT min(id) FROM outbox) + 1, 0)", {},
      [&](const Row& row) { pending = row.Int(0); }));
  return pending;
}

}  // namespace

Schema OutboxSchema() { return {.service = "outbox", .migrations = kMigrations}; }

Result<> AddToOutbox(Transaction& tx, std::string_view topic, std::string_view key,
                     std::string_view value) {
  if (key.size() + value.size() > kMaxFactBytes) {
    return Invalid(fmt::format("a fact for {} has more than {} bytes", topic, kMaxFactBytes),
                   "fact_too_large");
  }
  RETURN_IF_ERROR(tx.LockOutbox(key));
  RETURN_IF_ERROR(tx.Execute("INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3)",
                             {topic, key, value}));
  return {};
}

struct OutboxRelay::Fact {
  std::int64_t id;
  std::string topic;
  Record record;
};

// One walk through the outbox, oldest facts first.
struct OutboxRelay::Pass {
  std::int64_t after = 0;        // the last fact looked at
  bool ended = false;            // nothing is left to look at
  std::set<std::string> failed;  // topics whose later facts must wait
  std::optional<Error> error;    // the last append's that failed
};

OutboxRelay::OutboxRelay(Database& database, EventLog& log, OutboxRelayOptions options,
                         const Clock& clock, Logger& logger, Metrics& metrics)
    : database_(database),
      log_(log),
      options_(options),
      clock_(clock),
      logger_(logger),
      relayed_(metrics.GetCounter("freshet_outbox_relayed_total",
                                  "Facts moved from the outbox to the event log")),
      failures_(metrics.GetCounter("freshet_outbox_failures_total",
                                   "Passes through the outbox that ended with an error")),
      pending_(metrics.GetGauge("freshet_outbox_pending",
                                "Facts in the outbox when it was last looked at")) {}

Awaitable<> OutboxRelay::Run(std::stop_token stop) {
  const auto signal = std::make_shared<Signal>();
  const std::stop_callback on_stop(stop, [&] { signal->Notify(); });
  struct Listening {
    Database& database;
    ~Listening() { database.OnOutbox({}); }
  } listening{database_};
  database_.OnOutbox([signal] { signal->Notify(); });
  std::int64_t failed = 0;
  for (signal->Clear(); !stop.stop_requested(); signal->Clear()) {
    const auto outcome = co_await MoveAll(Deadline::Never(), stop);
    if (outcome) {
      failed = 0;
      co_await signal->Wait(Deadline::After(clock_, options_.idle_wait), clock_);
      continue;
    }
    failures_.Add();
    logger_.Warn("Facts stay in the outbox for now",
                 {{"error", outcome.error().ToString()}, {"failures", ++failed}});
    co_await Sleep(BackoffDelay(kBackoff, failed, RandomUnit()), stop);
  }
}

Awaitable<Result<std::int64_t>> OutboxRelay::Pending(Deadline deadline) {
  co_return co_await ReadReturning(database_, CountPending, deadline);
}

Awaitable<Result<>> OutboxRelay::Drain(Deadline deadline) {
  co_return co_await MoveAll(deadline, {});
}

Awaitable<Result<>> OutboxRelay::MoveAll(Deadline deadline, std::stop_token stop) {
  Pass pass;
  while (!pass.ended && !stop.stop_requested()) {
    CO_RETURN_IF_ERROR(
        co_await MoveBatch(pass, deadline.Within(Deadline::After(clock_, kStepTime))));
    if (pass.error && pass.error->retryable()) break;
  }
  if (pass.error) co_return std::unexpected(*std::move(pass.error));
  co_return Result<>{};
}

Awaitable<Result<>> OutboxRelay::MoveBatch(Pass& pass, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto facts, co_await Oldest(pass, deadline));
  struct Share {
    std::vector<std::int64_t> ids;
    std::vector<Record> records;
  };
  std::map<std::string, Share> shares;
  for (auto& fact : facts) {
    if (pass.failed.contains(fact.topic)) continue;
    auto& share = shares[fact.topic];
    share.ids.push_back(fact.id);
    share.records.push_back(std::move(fact.record));
  }
  std::vector<std::int64_t> moved;
  for (auto& [topic, share] : shares) {
    auto appended = co_await log_.Append(topic, std::move(share.records), deadline);
    if (appended) {
      moved.insert(moved.end(), share.ids.begin(), share.ids.end());
    } else {
      pass.failed.insert(topic);
      pass.error = std::move(appended).error().Within("topic " + topic);
    }
  }
  if (moved.empty()) co_return Result<>{};
  const auto count = static_cast<double>(moved.size());
  CO_RETURN_IF_ERROR(co_await Remove(std::move(moved), deadline));
  relayed_.Add(count);
  pending_.Add(-count);
  co_return Result<>{};
}

// The next batch, as far as it is small enough to hold.
Awaitable<Result<std::vector<OutboxRelay::Fact>>> OutboxRelay::Oldest(Pass& pass,
                                                                      Deadline deadline) {
  std::vector<Fact> facts;
  std::int64_t rows = 0;
  const auto look = [&](Transaction& tx) -> Result<> {
    facts.clear();
    rows = 0;
    ASSIGN_OR_RETURN(const std::int64_t pending, CountPending(tx));
    pending_.Set(static_cast<double>(pending));
    std::size_t bytes = 0;
    return tx.Query("SELECT id, topic, key, value FROM outbox WHERE id > $1 ORDER BY id LIMIT $2",
                    {pass.after, options_.batch}, [&](const Row& row) {
                      ++rows;
                      if (bytes >= kBatchBytes) return;
                      bytes += row.Text(2).size() + row.Text(3).size();
                      Record record{.key = std::string(row.Text(2)),
                                    .value = std::string(row.Text(3)),
                                    .headers = {}};
                      facts.push_back({row.Int(0), std::string(row.Text(1)), std::move(record)});
                    });
  };
  CO_RETURN_IF_ERROR(co_await database_.Read(look, deadline));
  pass.ended = rows < options_.batch && rows == static_cast<std::int64_t>(facts.size());
  if (!facts.empty()) pass.after = facts.back().id;
  co_return facts;
}

// Only facts that were read may go: between two ids there may be one that was committed since.
Awaitable<Result<>> OutboxRelay::Remove(std::vector<std::int64_t> ids, Deadline deadline) {
  std::ranges::sort(ids);
  const auto remove = [&](Transaction& tx) -> Result<> {
    for (std::size_t begin = 0, end = 0; begin < ids.size(); begin = end) {
      for (end = begin + 1; end < ids.size() && ids[end] == ids[end - 1] + 1;) ++end;
      RETURN_IF_ERROR(
          tx.Execute("DELETE FROM outbox WHERE id BETWEEN $1 AND $2", {ids[begin], ids[end - 1]}));
    }
    return {};
  };
  co_return co_await database_.Write(remove, deadline);
}

}  // namespace freshet::stores
