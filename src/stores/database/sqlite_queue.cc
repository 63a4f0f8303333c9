#include "stores/database/sqlite_queue.h"

#include <algorithm>

namespace freshet::stores {

bool SqliteQueue::Admit(SqliteJob& job) {
  MutexLock lock(mutex_);
  if (closed_ || jobs_.size() >= bound_) return false;
  jobs_.push_back(std::move(job));
  length_.Set(static_cast<double>(jobs_.size()));
  return true;
}

void SqliteQueue::Push(SqliteJob job) {
  if (Admit(job)) return ready_.NotifyOne();
  std::move(job.caller)
      .Resolve(Failure(Error(ErrorKind::kExhausted,
                             "Too much work is waiting for the database; try again shortly.")
                           .WithRetryAfter(Duration(1'000))));
}

bool SqliteQueue::Take(const Share& share, std::vector<SqliteJob>& jobs) {
  MutexLock lock(mutex_);
  while (jobs_.empty() && !closed_) ready_.Wait(mutex_);
  if (jobs_.size() < share.hoped && share.patience.count() > 0) {
    const auto until = std::chrono::steady_clock::now() + share.patience;
    while (jobs_.size() < share.hoped && !closed_) {
      if (!ready_.WaitUntil(mutex_, until)) break;
    }
  }
  if (jobs_.empty()) return false;
  const auto count = std::min(share.limit, (jobs_.size() + share.takers - 1) / share.takers);
  while (jobs.size() < count) {
    jobs.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  length_.Set(static_cast<double>(jobs_.size()));
  return true;
}

std::size_t SqliteQueue::Length() {
  MutexLock lock(mutex_);
  return jobs_.size();
}

void SqliteQueue::Close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  ready_.NotifyAll();
}

}  // namespace freshet::stores
