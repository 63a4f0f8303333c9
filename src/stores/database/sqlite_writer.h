// The thread through which every change goes. Internal to the SQLite adapter.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "stores/database/sqlite_checkpointer.h"
#include "stores/database/sqlite_connection.h"
#include "stores/database/sqlite_queue.h"

namespace freshet::stores {

// Runs all writes that wait as one SQLite transaction, each within a savepoint of its own, so that
// they share one sync of the disk and a failing one undoes only itself. Callers are answered after
// the commit.
class SqliteWriter {
 public:
  SqliteWriter(std::unique_ptr<SqliteConnection> connection, SqliteCheckpointer& checkpointer,
               const SqliteOptions& options, const Clock& clock, Metrics& metrics);
  // Runs what is queued, then ends.
  ~SqliteWriter();
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  void Push(SqliteJob job) { queue_.Push(std::move(job)); }
  void OnOutbox(std::function<void()> wake);

 private:
  struct Member {
    SqliteJob* job;
    bool done = false;
    bool wrote_outbox = false;
    Result<> outcome;
  };

  void RunThread();
  void RunGroup(std::span<SqliteJob> jobs);
  bool RunTogether(std::span<Member> members);
  bool RunMember(Member& member, bool alone);
  Result<> Attempt(Member& member);
  void Commit(std::span<Member> members);
  void Undo();
  void WakeOutbox();

  const std::unique_ptr<SqliteConnection> connection_;
  SqliteCheckpointer& checkpointer_;
  const std::size_t group_limit_;
  const Clock& clock_;
  Histogram seconds_;
  Histogram group_size_;
  SqliteQueue queue_;
  std::chrono::steady_clock::duration last_commit_{};  // the thread's own
  Mutex outbox_mutex_;
  std::function<void()> wake_outbox_ GUARDED_BY(outbox_mutex_);
  std::thread thread_;
};

}  // namespace freshet::stores
