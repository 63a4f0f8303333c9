// The loop of every service's workers: poll, process, commit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/retry.h"
#include "stores/log/dead_letters.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

struct LogWorkerOptions {
  std::int64_t parallelism = 1;
  std::int64_t max_records = 500;
  std::int64_t attempts = 3;
  Duration handler_timeout{300'000};
  Duration first_backoff{100};
  Duration longest_backoff{10'000};

  static constexpr auto Describe() {
    using O = LogWorkerOptions;
    return Description(
        "worker", "How records of the event log are processed.",
        Field("parallelism", &O::parallelism)
            .Range(1, 1'000)
            .Doc("Members that this process adds to the group; a partition has one at a time."),
        Field("max_records", &O::max_records).Range(1, 10'000).Doc("Records taken at once."),
        Field("attempts", &O::attempts)
            .Range(1, 100)
            .Doc("Failures after which a record becomes a dead letter."),
        Field("handler_timeout", &O::handler_timeout)
            .Range(1'000, 86.4e6)
            .Unit("ms")
            .Doc("One call that takes longer counts as hung: its member leaves the group, which "
                 "processes those records again."),
        Field("first_backoff", &O::first_backoff)
            .Range(1, 60'000)
            .Unit("ms")
            .Doc("Longest pause after the first failure; doubles with each further one."),
        Field("longest_backoff", &O::longest_backoff)
            .Range(1, 600'000)
            .Unit("ms")
            .Doc("No pause is longer."));
  }
};

// What is processed by whom.
struct LogSubscription {
  std::string group;
  std::vector<std::string> topics;
};

// Processes records of one partition, in order; all or none of them may be repeated. The span lives
// until the coroutine ends.
using LogHandler = std::function<Awaitable<Result<>>(const std::string& topic,
                                                     std::span<const StoredRecord> records)>;

// Offsets are committed after the handler succeeded, so a record is processed at least once. A
// retryable error says that a part is down: the same records are tried again until it is up. Any
// other error, or an exception, is the records' own: each is then processed alone, and one that
// keeps failing goes to the dead letters, its neighbours do not. Order within a partition is kept
// throughout. While the handler runs, for at most handler_timeout a call, and between its attempts
// the member keeps its partitions; a call that takes longer loses them when the log's session
// timeout has passed too. Run and Drain may run at the same time.
class LogWorker {
 public:
  LogWorker(EventLog& log, LogSubscription subscription, LogWorkerOptions options,
            LogHandler handler, const Clock& clock, Logger& logger, Metrics& metrics);

  const std::string& group() const { return subscription_.group; }

  // Until `stop`: parallelism members on the calling executor. What is being processed then ends
  // first; what waits for a retry is dropped, and comes again.
  Awaitable<> Run(std::stop_token stop);

  // Processes until the group has nothing left, for tests and tools. Errors: EventLog::Join's and
  // Describe's; kDeadline.
  Awaitable<Result<>> Drain(Deadline deadline);

 private:
  // Says when a member gives up waiting.
  struct Until {
    std::stop_token stop;
    Deadline deadline = Deadline::Never();
  };
  struct Member {
    Consumer& consumer;
    Until until;
  };

  Awaitable<> RunMember(std::stop_token stop);
  Awaitable<> WatchLag(std::stop_token stop);
  Awaitable<std::unique_ptr<Consumer>> Join(Until until);
  Awaitable<> ProcessAndCommit(Member member, std::vector<PartitionBatch> batches);
  // These return false when the member gave up.
  Awaitable<bool> Process(Member member, const PartitionBatch& batch);
  Awaitable<bool> ProcessSlice(Member member, const PartitionBatch& batch,
                               std::span<const StoredRecord> records);
  Awaitable<bool> ProcessAlone(Member member, const PartitionBatch& batch,
                               const StoredRecord& record);
  Awaitable<bool> Bury(Member member, const PartitionBatch& batch, const StoredRecord& record,
                       const Error& error);
  Awaitable<> Commit(Member member, std::vector<PartitionPosition> positions);
  Awaitable<Result<>> Handle(Member member, const std::string& topic,
                             std::span<const StoredRecord> records);
  // Ends soon after `ended`, or gives up after handler_timeout.
  Awaitable<> KeepAlive(Consumer& consumer, std::stop_token ended);
  // Tells the log that the member is alive.
  Awaitable<> Beat(Consumer& consumer);
  // Pauses after the `failures`-th failure in a row, and tells the log that the member is alive.
  Awaitable<bool> Pause(Until until, std::int64_t failures, Consumer* consumer);
  bool Over(const Until& until) const;
  Awaitable<Result<std::uint64_t>> Lag(Deadline deadline);

  EventLog& log_;
  DeadLetters dead_letters_;
  const LogSubscription subscription_;
  const LogWorkerOptions options_;
  const RetryPolicy backoff_;
  const LogHandler handler_;
  const Clock& clock_;
  Logger& logger_;
  Counter done_;
  Counter dead_;
  Counter skipped_;
  Counter fenced_;
  Counter retries_;
  Counter overdue_;
  Gauge lag_;
  Histogram seconds_;
};

}  // namespace freshet::stores
