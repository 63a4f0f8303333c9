// The transactional outbox: facts are written in the transaction that makes them true, and relayed
// to the event log afterwards (Richardson, Microservices Patterns, 3.3.7).
#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "stores/database/database.h"
#include "stores/database/migrations.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

Schema OutboxSchema();

// Key and value of a fact together: what the brokers take by default, with room for headers.
inline constexpr std::size_t kMaxFactBytes = 900'000;

// Adds a fact to the outbox of the transaction. Facts of one topic with equal keys reach the log in
// the order of their commits. Errors: kInvalid (code "fact_too_large"), the database's.
Result<> AddToOutbox(Transaction& tx, std::string_view topic, std::string_view key,
                     std::string_view value);

struct OutboxRelayOptions {
  std::int64_t batch = 1'000;  // facts per append; fewer when they are large
  Duration idle_wait{500};     // between looks when nothing wakes it

  static constexpr auto Describe() {
    return Description("outbox", "The relay from the database to the event log.",
                       Field("batch", &OutboxRelayOptions::batch)
                           .Range(1, 10'000)
                           .Doc("Facts moved at once at most."),
                       Field("idle_wait", &OutboxRelayOptions::idle_wait)
                           .Range(1, 60'000)
                           .Unit("ms")
                           .Doc("Longest time between two looks when no commit wakes it."));
  }
};

// Moves facts from the outbox to the event log: in order per topic and key, at least once (a crash
// or an unknown outcome between append and removal repeats the batch). A topic that the log refuses
// for good holds up its own facts only.
//
// Exactly one relay must run per database. On SQLite that is by construction: the database belongs
// to one process, which runs one. In a cluster the relay runs in the process that holds a lease (on
// PostgreSQL a session's advisory lock, which ends with the session); two at once would repeat
// facts, never lose them.
class OutboxRelay {
 public:
  OutboxRelay(Database& database, EventLog& log, OutboxRelayOptions options, const Clock& clock,
              Logger& logger, Metrics& metrics);

  // Runs until `stop`; keeps trying through failures, with backoff. Takes the database's OnOutbox.
  Awaitable<> Run(std::stop_token stop);

  // Facts that are not in the log yet: 0 exactly when there are none, else about as many. Errors:
  // the database's.
  Awaitable<Result<std::int64_t>> Pending(Deadline deadline);

  // Moves everything that is in the outbox now; for tools and tests, while Run does not run.
  // Errors: the stores', after moving what could be moved.
  Awaitable<Result<>> Drain(Deadline deadline);

 private:
  struct Fact;
  struct Pass;
  Awaitable<Result<>> MoveAll(Deadline deadline, std::stop_token stop);
  Awaitable<Result<>> MoveBatch(Pass& pass, Deadline deadline);
  Awaitable<Result<std::vector<Fact>>> Oldest(Pass& pass, Deadline deadline);
  Awaitable<Result<>> Remove(std::vector<std::int64_t> ids, Deadline deadline);

  Database& database_;
  EventLog& log_;
  const OutboxRelayOptions options_;
  const Clock& clock_;
  Logger& logger_;
  Counter relayed_;
  Counter failures_;
  Gauge pending_;
};

}  // namespace freshet::stores
