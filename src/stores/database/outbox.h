// The transactional outbox: facts are written in the transaction that makes them true, and relayed
// to the event log afterwards (Richardson, Microservices Patterns, 3.3.7).
#pragma once

#include <stop_token>
#include <string_view>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "stores/database/database.h"
#include "stores/database/migrations.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

Schema OutboxSchema();

// Adds a fact to the outbox of the transaction. Facts with equal keys reach the log in the order of
// their commits.
Result<> AddToOutbox(Transaction& tx, std::string_view topic, std::string_view key,
                     std::string_view value);

struct OutboxRelayOptions {
  std::int64_t batch = 1'000;  // facts per append
  Duration idle_wait{500};     // between looks when nothing wakes it

  static constexpr auto Describe() {
    return Description(
        "outbox", "The relay from the database to the event log.",
        Field("batch", &OutboxRelayOptions::batch).Range(1, 10'000).Doc("Facts moved at once."),
        Field("idle_wait", &OutboxRelayOptions::idle_wait)
            .Range(1, 60'000)
            .Unit("ms")
            .Doc("Longest time between two looks when no commit wakes it."));
  }
};

// Moves facts from the outbox to the event log: in order per key, at least once (a crash between
// append and removal repeats the batch). Exactly one relay must run per database: the composition
// root sees to it on embedded adapters (the data folder is locked); cluster adapters take a lease.
class OutboxRelay {
 public:
  OutboxRelay(Database& database, EventLog& log, OutboxRelayOptions options, const Clock& clock,
              Logger& logger, Metrics& metrics);

  // Runs until `stop`; keeps trying through failures, with backoff.
  Awaitable<> Run(std::stop_token stop);

  // Moves everything that is in the outbox now; for tools and tests. Errors: the stores'.
  Awaitable<Result<>> Drain(Deadline deadline);

 private:
  // One batch. Returns the number of facts moved.
  Awaitable<Result<std::size_t>> MoveBatch(Deadline deadline);

  Database& database_;
  EventLog& log_;
  const OutboxRelayOptions options_;
  const Clock& clock_;
  Logger& logger_;
  Counter relayed_;
  Counter failures_;
};

}  // namespace freshet::stores
