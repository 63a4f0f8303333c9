// A real event log on a folder of its own, for tests of what uses one.
#pragma once

#include <filesystem>
#include <memory>

#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "stores/log/rocksdb_event_log.h"

namespace freshet::stores {

// With the operating system's durability, unless told otherwise: fast, and good against SIGKILL.
// The folder goes with it. Throws std::runtime_error when the log cannot be opened.
class TemporaryEventLog {
 public:
  static RocksDbEventLogOptions FastOptions();

  // `clock` outlives it; the system's when there is none.
  explicit TemporaryEventLog(const Clock* clock = nullptr,
                             RocksDbEventLogOptions options = FastOptions(),
                             rocksdb::Env* env = nullptr);
  ~TemporaryEventLog();
  TemporaryEventLog(const TemporaryEventLog&) = delete;
  TemporaryEventLog& operator=(const TemporaryEventLog&) = delete;

  RocksDbEventLog& log() { return *log_; }
  const Clock& clock() const { return clock_; }
  Logger& logger() { return logger_; }
  Metrics& metrics() { return metrics_; }
  const std::filesystem::path& folder() const { return folder_; }

  void Close() { log_.reset(); }
  Result<> Open();
  // As a new process does. Throws as the constructor.
  void Reopen();

 private:
  const SystemClock system_clock_;
  const Clock& clock_;
  const RocksDbEventLogOptions options_;
  rocksdb::Env* const env_;
  const std::filesystem::path folder_;
  Metrics metrics_;
  Logger logger_{{.level = LogLevel::kError, .format = LogFormat::kText}};
  BlockingPool pool_{"log-reads", 2, 1'000, metrics_};
  std::unique_ptr<RocksDbEventLog> log_;
};

}  // namespace freshet::stores
