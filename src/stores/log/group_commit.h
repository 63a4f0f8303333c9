// One thread writes everything that waits with one sync.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"
#include "stores/log/log_store.h"

namespace freshet::stores {

struct GroupCommitOptions {
  std::size_t queued_writes = 0;
  std::uint64_t queued_bytes = 0;
  std::uint64_t group_bytes = 0;  // one write of the store takes no more, a larger one alone apart
};

// Thread-safe. The destructor writes what was accepted, then ends the thread.
class GroupCommit {
 public:
  // One caller's write. The methods run on the writing thread, AddTo first, then at most one of the
  // others.
  class Write {
   public:
    virtual ~Write() = default;
    // Adds to `batch` what is to be written. A failure ends this write alone; nothing was added.
    virtual Result<> AddTo(LogBatch& batch, Timestamp now) = 0;
    // What was added is durable; in the order of acceptance.
    virtual void Written() {}
    // Whether what was added is on the disk is not known.
    virtual void Failed() {}

    Deadline deadline = Deadline::Never();  // not begun after this
    std::uint64_t bytes = 0;
    std::move_only_function<void(Result<>)> done;  // set by Run
  };

  GroupCommit(LogStore& store, GroupCommitOptions options, const Clock& clock, Metrics& metrics);
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Returns when the write has ended. Errors: AddTo's and LogStore::Write's; kDeadline, not begun
  // in time; kExhausted (code "queue_full"), not accepted.
  Awaitable<Result<>> Run(std::unique_ptr<Write> write);
  // The same for threads that run no io_context.
  Result<> RunBlocking(std::unique_ptr<Write> write);

 private:
  using Group = std::vector<std::unique_ptr<Write>>;
  void Submit(std::unique_ptr<Write> write);
  bool Accept(std::unique_ptr<Write>& write);
  void RunThread();
  Group TakeGroup();
  void Process(Group group);

  LogStore& store_;
  const GroupCommitOptions options_;
  const Clock& clock_;
  Histogram group_writes_;
  Histogram write_seconds_;
  Gauge queued_gauge_;
  Counter rejected_;

  Mutex mutex_;
  CondVar ready_;
  std::deque<std::unique_ptr<Write>> queue_ GUARDED_BY(mutex_);
  std::uint64_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace freshet::stores
