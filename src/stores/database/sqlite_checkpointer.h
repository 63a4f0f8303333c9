// Copies the write-ahead log into the file beside the writer. Internal to the SQLite adapter.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "stores/database/sqlite_connection.h"

namespace freshet::stores {

// A checkpoint beside a busy writer copies what was there when it began, and meanwhile the writer
// has added to the log, which can start over only when nothing is left to copy. So the thread here
// does the bulk without holding anybody up, and once the log is four times its size the writer is
// asked to copy the short rest itself, between two commits. Only a read that takes very long can
// make the log grow beyond eight times its size.
class SqliteCheckpointer {
 public:
  SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection, const SqliteOptions& options,
                     Logger& logger, Metrics& metrics);
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

  // The writer's: after each commit, with the number of frames in the log.
  void Committed(int frames);
  // The writer's: between two transactions, on its own connection.
  void FinishIfAsked(SqliteConnection& writer);
  // Copies everything and cuts the log to nothing, then answers. Errors: as the connection's.
  void EmptyLog(Resolver<Result<>> caller);
  // Asks for a checkpoint now, whatever the size: the disk is full.
  void RunSoon();

 private:
  void RunThread();
  bool WaitUntilDue();
  void AnswerThoseWhoWantItEmpty();
  void Note(const Result<CheckpointProgress>& progress);

  const std::unique_ptr<SqliteConnection> connection_;
  const int due_frames_;
  Logger& logger_;
  Gauge wal_bytes_;
  Histogram seconds_;
  Counter failures_;

  std::atomic<bool> writer_asked_{false};  // the thread here leaves it to the writer
  Mutex turn_;                             // one checkpoint at a time; taken before mutex_
  Mutex mutex_;
  CondVar wake_;
  int frames_ GUARDED_BY(mutex_) = 0;  // in the log after the last commit
  int copied_ GUARDED_BY(mutex_) = 0;  // of them known to be in the file
  int due_at_ GUARDED_BY(mutex_);      // frames at which the next checkpoint begins
  std::uint64_t commits_ GUARDED_BY(mutex_) = 0;
  std::vector<Resolver<Result<>>> want_it_empty_ GUARDED_BY(mutex_);
  bool soon_ GUARDED_BY(mutex_) = false;
  bool failing_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace freshet::stores
