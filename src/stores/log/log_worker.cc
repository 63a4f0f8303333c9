#include "stores/log/log_worker.h"

#include <algorithm>
#include <exception>

#include "base/task_group.h"

namespace freshet::stores {
namespace {

constexpr Duration kPollWait{5'000};
constexpr Duration kHeartbeat{300};  // the shortest session timeout that can be set is a second
constexpr Duration kDrainWait{50};
constexpr Duration kCallTimeout{30'000};
constexpr std::chrono::seconds kLagInterval{10};

// Whether a replayed record is meant for other groups than `group`.
bool ForAnotherGroup(const StoredRecord& stored, std::string_view group) {
  return std::ranges::any_of(stored.record.headers, [&](const auto& header) {
    return header.first == kReplayGroupHeader && header.second != group;
  });
}

}  // namespace

LogWorker::LogWorker(EventLog& log, LogSubscription subscription, LogWorkerOptions options,
                     LogHandler handler, const Clock& clock, Logger& logger, Metrics& metrics)
    : log_(log),
      dead_letters_(log, clock),
      subscription_(std::move(subscription)),
      options_(options),
      backoff_{
          .attempts = 1, .base_delay = options.first_backoff, .max_delay = options.longest_backoff},
      handler_(std::move(handler)),
      clock_(clock),
      logger_(logger),
      done_(metrics.GetCounter("freshet_worker_records_total", "Records a group has finished",
                               {{"group", subscription_.group}, {"outcome", "done"}})),
      dead_(metrics.GetCounter("freshet_worker_records_total", "Records a group has finished",
                               {{"group", subscription_.group}, {"outcome", "dead_letter"}})),
      skipped_(metrics.GetCounter("freshet_worker_records_total", "Records a group has finished",
                                  {{"group", subscription_.group}, {"outcome", "skipped"}})),
      fenced_(metrics.GetCounter("freshet_worker_fenced_commits_total",
                                 "Commits refused because the partition had moved on",
                                 {{"group", subscription_.group}})),
      retries_(metrics.GetCounter("freshet_worker_retries_total",
                                  "Failed calls of a group's handler",
                                  {{"group", subscription_.group}})),
      overdue_(metrics.GetCounter("freshet_worker_overdue_calls_total",
                                  "Calls of a group's handler that exceeded handler_timeout",
                                  {{"group", subscription_.group}})),
      lag_(metrics.GetGauge("freshet_worker_lag", "Records a group has still to process",
                            {{"group", subscription_.group}})),
      seconds_(metrics.GetHistogram("freshet_worker_seconds", "Time of one call of the handler",
                                    {{"group", subscription_.group}})) {}

Awaitable<> LogWorker::Run(std::stop_token stop) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  TaskGroup members("worker " + subscription_.group, logger_);
  for (std::int64_t i = 0; i < options_.parallelism; ++i) {
    members.Spawn(executor, RunMember(stop));
  }
  members.Spawn(executor, WatchLag(stop));
  // The members watch `stop`, not the task group's token: this only waits for their end.
  co_await members.Stop();
}

Awaitable<> LogWorker::RunMember(std::stop_token stop) {
  const Until until{stop};
  const auto consumer = co_await Join(until);
  if (!consumer) co_return;
  const std::stop_callback wake(stop, [&] { consumer->Wake(); });
  for (std::int64_t failures = 0; !Over(until);) {
    auto polled = co_await consumer->Poll(static_cast<std::size_t>(options_.max_records),
                                          Deadline::After(clock_, kPollWait));
    if (polled) {
      failures = 0;
      co_await ProcessAndCommit({*consumer, until}, *std::move(polled));
      continue;
    }
    logger_.Warn("The event log cannot be read",
                 {{"group", subscription_.group}, {"error", polled.error().ToString()}});
    // Beside damage, other partitions go on: the poll has waited for them.
    failures = polled.error().kind() == ErrorKind::kCorrupt ? 1 : failures + 1;
    co_await Pause(until, failures, nullptr);
  }
  co_await consumer->Leave();
}

Awaitable<std::unique_ptr<Consumer>> LogWorker::Join(Until until) {
  for (std::int64_t failures = 0; !Over(until);) {
    auto consumer = co_await log_.Join(subscription_.group, subscription_.topics,
                                       Deadline::After(clock_, kCallTimeout));
    if (consumer) co_return *std::move(consumer);
    logger_.Warn("The group cannot be joined",
                 {{"group", subscription_.group}, {"error", consumer.error().ToString()}});
    co_await Pause(until, ++failures, nullptr);
  }
  co_return nullptr;
}

Awaitable<> LogWorker::WatchLag(std::stop_token stop) {
  do {
    if (const auto lag = co_await Lag(Deadline::After(clock_, kCallTimeout)); lag) {
      lag_.Set(static_cast<double>(*lag));
    }
  } while (co_await Sleep(kLagInterval, stop));
}

Awaitable<Result<>> LogWorker::Drain(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto consumer,
                      co_await log_.Join(subscription_.group, subscription_.topics, deadline));
  const Until until{{}, deadline};
  for (std::int64_t failures = 0; !Over(until);) {
    CO_ASSIGN_OR_RETURN(const auto lag, co_await Lag(deadline));
    if (lag == 0) {
      lag_.Set(0);
      co_await consumer->Leave();
      co_return Result<>{};
    }
    auto polled = co_await consumer->Poll(static_cast<std::size_t>(options_.max_records),
                                          deadline.Within(Deadline::After(clock_, kDrainWait)));
    if (!polled) {
      co_await Pause(until, ++failures, nullptr);
      continue;
    }
    failures = 0;
    co_await ProcessAndCommit({*consumer, until}, *std::move(polled));
  }
  co_return DeadlineExceeded("The group " + subscription_.group + " was not done in time.");
}

Awaitable<Result<std::uint64_t>> LogWorker::Lag(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto state, co_await log_.Describe(deadline));
  std::uint64_t lag = 0;
  const auto group = std::ranges::find(state.groups, subscription_.group, &GroupState::name);
  if (group == state.groups.end()) co_return lag;
  const auto& topics = subscription_.topics;
  for (const auto& partition : group->partitions) {
    const bool ours = std::ranges::find(topics, partition.topic) != topics.end();
    if (ours) lag += partition.lag;
  }
  co_return lag;
}

Awaitable<> LogWorker::ProcessAndCommit(Member member, std::vector<PartitionBatch> batches) {
  std::vector<PartitionPosition> positions;
  for (const auto& batch : batches) {
    if (!co_await Process(member, batch)) break;
    positions.push_back({batch.topic, batch.partition, batch.records.back().offset + 1});
  }
  if (!positions.empty()) co_await Commit(member, std::move(positions));
}

Awaitable<bool> LogWorker::Process(Member member, const PartitionBatch& batch) {
  std::span<const StoredRecord> rest = batch.records;
  while (!rest.empty()) {
    const auto skipped = std::ranges::find_if(
        rest, [&](const auto& stored) { return ForAnotherGroup(stored, subscription_.group); });
    const auto count = static_cast<std::size_t>(skipped - rest.begin());
    if (count > 0 && !co_await ProcessSlice(member, batch, rest.first(count))) co_return false;
    rest = rest.subspan(count);
    if (rest.empty()) break;
    skipped_.Add();
    rest = rest.subspan(1);
  }
  co_return true;
}

Awaitable<bool> LogWorker::ProcessSlice(Member member, const PartitionBatch& batch,
                                        std::span<const StoredRecord> records) {
  for (std::int64_t failures = 1; records.size() > 1; ++failures) {
    const auto outcome = co_await Handle(member, batch.topic, records);
    if (outcome) {
      done_.Add(static_cast<double>(records.size()));
      co_return true;
    }
    if (!outcome.error().retryable()) break;
    if (!co_await Pause(member.until, failures, &member.consumer)) co_return false;
  }
  for (const auto& record : records) {
    if (!co_await ProcessAlone(member, batch, record)) co_return false;
  }
  co_return true;
}

Awaitable<bool> LogWorker::ProcessAlone(Member member, const PartitionBatch& batch,
                                        const StoredRecord& record) {
  std::int64_t failures = 0;
  for (std::int64_t attempts = 0;;) {
    const auto outcome = co_await Handle(member, batch.topic, {&record, 1});
    if (outcome) {
      done_.Add();
      co_return true;
    }
    if (!outcome.error().retryable() && ++attempts >= options_.attempts) {
      co_return co_await Bury(member, batch, record, outcome.error());
    }
    if (!co_await Pause(member.until, ++failures, &member.consumer)) co_return false;
  }
}

Awaitable<bool> LogWorker::Bury(Member member, const PartitionBatch& batch,
                                const StoredRecord& record, const Error& error) {
  logger_.Error("A record became a dead letter", {{"group", subscription_.group},
                                                  {"topic", batch.topic},
                                                  {"partition", batch.partition},
                                                  {"offset", record.offset},
                                                  {"error", error.ToString()}});
  for (std::int64_t failures = 1;; ++failures) {
    DeadLetter letter;
    letter.topic = batch.topic;
    letter.partition = batch.partition;
    letter.offset = record.offset;
    letter.group = subscription_.group;
    letter.error = error.ToString();
    letter.attempts = options_.attempts;
    letter.record = record.record;
    const auto kept =
        co_await dead_letters_.Add(std::move(letter), Deadline::After(clock_, kCallTimeout));
    if (kept) {
      dead_.Add();
      co_return true;
    }
    logger_.Warn("A dead letter could not be kept",
                 {{"group", subscription_.group}, {"error", kept.error().ToString()}});
    if (!co_await Pause(member.until, failures, &member.consumer)) co_return false;
  }
}

Awaitable<> LogWorker::Commit(Member member, std::vector<PartitionPosition> positions) {
  for (std::int64_t failures = 1;; ++failures) {
    const auto outcome =
        co_await member.consumer.Commit(positions, Deadline::After(clock_, kCallTimeout));
    if (outcome) co_return;
    if (outcome.error().kind() == ErrorKind::kConflict) {
      // Another member has at least one of the partitions; what is still ours can be committed.
      if (positions.size() == 1) {
        fenced_.Add();
        co_return;
      }
      for (auto& position : positions) co_await Commit(member, {std::move(position)});
      co_return;
    }
    logger_.Warn("Offsets could not be committed",
                 {{"group", subscription_.group}, {"error", outcome.error().ToString()}});
    if (!outcome.error().retryable()) co_return;
    if (!co_await Pause(member.until, failures, &member.consumer)) co_return;
  }
}

Awaitable<Result<>> LogWorker::Handle(Member member, const std::string& topic,
                                      std::span<const StoredRecord> records) {
  const auto start = std::chrono::steady_clock::now();
  Result<> outcome;
  std::stop_source ended;
  const auto handle = [&]() -> Awaitable<> {
    try {
      outcome = co_await handler_(topic, records);
    } catch (const std::exception& e) {
      outcome = Internal(e.what());
    } catch (...) {
      outcome = Internal("an exception of unknown type");
    }
    ended.request_stop();
  };
  co_await Both(handle(), KeepAlive(member.consumer, ended.get_token()));
  seconds_.Observe(std::chrono::steady_clock::now() - start);
  if (!outcome) {
    retries_.Add();
    logger_.Warn("Records could not be processed", {{"group", subscription_.group},
                                                    {"topic", topic},
                                                    {"records", records.size()},
                                                    {"error", outcome.error().ToString()}});
  }
  co_return outcome;
}

Awaitable<> LogWorker::KeepAlive(Consumer& consumer, std::stop_token ended) {
  const auto overdue = Deadline::After(clock_, options_.handler_timeout);
  while (co_await Sleep(kHeartbeat, ended)) {
    if (overdue.Expired(clock_)) {
      overdue_.Add();
      logger_.Error("A handler takes too long; its records will be processed again",
                    {{"group", subscription_.group}});
      co_return;
    }
    co_await Beat(consumer);
  }
}

Awaitable<> LogWorker::Beat(Consumer& consumer) {
  // The poll takes nothing. Its failure shows later.
  (void)co_await consumer.Poll(0, Deadline::After(clock_, Duration(0)));
}

Awaitable<bool> LogWorker::Pause(Until until, std::int64_t failures, Consumer* consumer) {
  auto rest =
      std::min(BackoffDelay(backoff_, failures, RandomUnit()), until.deadline.Remaining(clock_));
  for (bool more = true; more;) {
    const auto slice = consumer == nullptr ? rest : std::min(rest, kHeartbeat);
    rest -= slice;
    more = co_await Sleep(slice, until.stop) && rest > Duration(0);
    if (consumer != nullptr) co_await Beat(*consumer);
  }
  co_return !Over(until);
}

bool LogWorker::Over(const Until& until) const {
  return until.stop.stop_requested() || until.deadline.Expired(clock_);
}

}  // namespace freshet::stores
