// The threads that read. Internal to the SQLite adapter.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "stores/database/sqlite_connection.h"
#include "stores/database/sqlite_queue.h"

namespace freshet::stores {

// One thread for each connection. Reads that wait while all threads are busy share a snapshot.
class SqliteReaders {
 public:
  SqliteReaders(std::vector<std::unique_ptr<SqliteConnection>> connections,
                const SqliteOptions& options, const Clock& clock, Metrics& metrics);
  // Runs what is queued, then ends.
  ~SqliteReaders();
  SqliteReaders(const SqliteReaders&) = delete;
  SqliteReaders& operator=(const SqliteReaders&) = delete;

  void Push(SqliteJob job) { queue_.Push(std::move(job)); }

 private:
  void RunThread(std::size_t index);
  Result<> RunOne(SqliteConnection& connection, const SqliteJob& job);

  const std::vector<std::unique_ptr<SqliteConnection>> connections_;
  const Clock& clock_;
  Histogram seconds_;
  SqliteQueue queue_;
  std::vector<std::thread> threads_;
};

}  // namespace freshet::stores
