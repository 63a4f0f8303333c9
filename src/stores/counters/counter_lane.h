// One partition of the counters: its state, and the changes that wait for the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"
#include "stores/counters/counter_changes.h"
#include "stores/counters/counter_state.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

// One call of the port, whose changes may be spread over several lanes. Thread-safe.
class CounterCall {
 public:
  CounterCall(std::size_t changes, Deadline deadline, Resolver<Result<>> done)
      : deadline(deadline), results(changes), left_(changes), done_(std::move(done)) {}

  // To be called once for each change, after its result is in place.
  void Finish(const Result<>& outcome);

  const Deadline deadline;
  std::vector<MembershipChange> results;  // each written by the lane of its change

 private:
  std::atomic<std::size_t> left_;
  Mutex mutex_;
  Result<> outcome_ GUARDED_BY(mutex_);  // the first error
  Resolver<Result<>> done_;
};

struct PendingChange {
  CounterChange change;
  std::shared_ptr<CounterCall> call;
  std::size_t index = 0;  // in call->results
};

// What all lanes share.
struct CounterLaneShared {
  EventLog& log;
  const Clock& clock;
  const Duration append_timeout;
  Histogram group_changes;
  Histogram append_seconds;
  std::atomic<std::uint64_t> queued{0};        // changes
  std::atomic<std::uint64_t> logged_bytes{0};  // of all records that the states hold
  std::atomic<std::int64_t> memory_bytes{0};
  std::atomic<std::int64_t> members{0};
};

// Whoever holds the lane may change its state: one drain or one snapshot at a time. A drain appends
// everything that waits to the log, and then applies it: the state is always what the log adds up
// to, from its beginning to next(). Reading is thread-safe at any time.
class CounterLane {
 public:
  CounterLane(std::uint32_t partition, CounterLaneShared& shared)
      : partition_(partition), shared_(shared) {}

  // Puts the change into the queue. When it returns true, the caller holds the lane and starts
  // Drain.
  [[nodiscard]] bool Enqueue(PendingChange change);
  // Processes what waits, then gives the lane up. The caller holds the lane.
  Awaitable<> Drain();

  Awaitable<> Hold();
  // When it returns true, the caller still holds the lane and starts Drain.
  [[nodiscard]] bool Release();

  // For who holds the lane.
  Offset next() const { return next_; }
  std::uint64_t logged_bytes() const { return logged_bytes_; }
  void Restore(Offset next, CounterState state);
  // Applies the records of the log from next() to `end`. Errors: the log's; kCorrupt.
  Awaitable<Result<>> CatchUp(Offset end);

  template <class Read>
  auto Reading(Read read) const {
    ReaderLock lock(state_mutex_);
    return read(state_);
  }

 private:
  // The next changes, or none: then the lane was given up.
  std::vector<PendingChange> TakeGroup();
  Awaitable<Result<>> Process(std::vector<PendingChange>& group);
  // The records that say what `group` changes, and which of the changes they hold.
  std::vector<Record> RecordsOf(const std::vector<PendingChange>& group,
                                std::vector<bool>& logged) const;
  void Apply(std::vector<PendingChange>& group, const std::vector<bool>& logged, bool all);
  void CountBytes(std::uint64_t bytes);

  const std::uint32_t partition_;
  CounterLaneShared& shared_;

  Mutex queue_mutex_;
  std::deque<PendingChange> queue_ GUARDED_BY(queue_mutex_);
  std::vector<Resolver<bool>> waiting_to_hold_ GUARDED_BY(queue_mutex_);
  bool held_ GUARDED_BY(queue_mutex_) = false;

  mutable SharedMutex state_mutex_;
  CounterState state_ GUARDED_BY(state_mutex_);

  // Whoever holds the lane uses these.
  Offset next_ = 0;
  bool behind_ = false;  // an append may have succeeded without being applied
  std::uint64_t logged_bytes_ = 0;
};

}  // namespace freshet::stores
