// The bounded queue before the SQLite adapter's threads. Internal to the SQLite adapter.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "stores/database/database.h"

namespace freshet::stores {

// A call that waits for its thread.
struct SqliteJob {
  Database::Body body;
  Deadline deadline = Deadline::Never();
  SteadyTime queued_at;  // of the steady clock itself, for the metric
  Resolver<Result<>> caller;
};

// Thread-safe.
class SqliteQueue {
 public:
  // `length` shows how many jobs wait.
  SqliteQueue(std::size_t bound, Gauge length) : bound_(bound), length_(length) {}

  // Takes the job, or answers its caller with kExhausted when the queue is full or closed.
  void Push(SqliteJob job);
  // How many jobs a thread takes at once.
  struct Share {
    std::size_t limit = 1;
    std::size_t takers = 1;  // threads that take; each leaves the others as much
    // Waits a little for so many to be there, once there is one.
    std::size_t hoped = 1;
    std::chrono::steady_clock::duration patience{};
  };
  // Waits for jobs and puts the oldest ones into `jobs`, which is empty. Returns false when the
  // queue is closed and empty.
  bool Take(const Share& share, std::vector<SqliteJob>& jobs);
  std::size_t Length();
  // Wakes everybody. What is queued is still handed out.
  void Close();

 private:
  // Leaves `job` as it is when it is refused.
  bool Admit(SqliteJob& job);

  const std::size_t bound_;
  Gauge length_;
  Mutex mutex_;
  CondVar ready_;
  std::deque<SqliteJob> jobs_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace freshet::stores
