// One thread writes everything that waits with one sync.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"
#include "stores/activity/activity.h"

namespace freshet::stores {

// Items of one call, to be put or removed.
struct ActivityWrite {
  std::vector<ActivityItem> items;
  bool remove = false;
};

// Thread-safe. The destructor writes what was accepted, then ends the thread.
class ActivityWriter {
 public:
  // Makes the writes durable, in their order, or fails them all. Runs on the writer's thread.
  using Apply = std::function<Result<>(std::span<const ActivityWrite* const> writes)>;

  // At most `queued_bytes` wait; `group_bytes` share one Apply, a larger write alone apart.
  struct Bounds {
    std::uint64_t queued_bytes = 64 << 20;
    std::uint64_t group_bytes = 4 << 20;
  };

  ActivityWriter(Apply apply, Bounds bounds, const Clock& clock, Metrics& metrics);
  ~ActivityWriter();
  ActivityWriter(const ActivityWriter&) = delete;
  ActivityWriter& operator=(const ActivityWriter&) = delete;

  // Errors: Apply's; kDeadline, not begun in time; kExhausted (code "queue_full"), not accepted.
  Awaitable<Result<>> Write(ActivityWrite write, Deadline deadline);

 private:
  struct Waiting {
    ActivityWrite write;
    Deadline deadline;
    std::uint64_t bytes = 0;
    Resolver<Result<>> done;
  };

  bool Accept(Waiting& waiting);
  void RunThread();
  // Waits for writes; empty when the writer ends.
  std::vector<Waiting> TakeGroup();
  void Process(std::vector<Waiting> group);

  const Apply apply_;
  const Bounds bounds_;
  const Clock& clock_;
  Histogram group_writes_;
  Histogram write_seconds_;
  Gauge queued_gauge_;
  Counter rejected_;

  Mutex mutex_;
  CondVar ready_;
  std::deque<Waiting> queue_ GUARDED_BY(mutex_);
  std::uint64_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace freshet::stores
