// A fresh embedded activity store for tests and benchmarks, gone when they are.
#pragma once

#include <filesystem>
#include <memory>

#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "stores/activity/rocksdb_activity.h"

namespace freshet::stores {

// In a folder of its own under the system's folder for temporary files. What cannot be set up
// throws std::runtime_error.
class TempActivity {
 public:
  explicit TempActivity(const Clock& clock,
                        RocksDbActivityOptions options = {.durability = Durability::kOs},
                        rocksdb::Env* env = nullptr);
  ~TempActivity();
  TempActivity(const TempActivity&) = delete;
  TempActivity& operator=(const TempActivity&) = delete;

  Activity& operator*() { return *activity_; }
  Activity* operator->() { return activity_.get(); }
  const std::filesystem::path& folder() const { return folder_; }
  Metrics& metrics() { return metrics_; }

  void Close() { activity_.reset(); }
  // Opens the store that is in the folder now.
  Result<> TryOpen();
  // As when the process ends and starts again.
  void Reopen();

 private:
  const Clock& clock_;
  const RocksDbActivityOptions options_;
  rocksdb::Env* const env_;
  const std::filesystem::path folder_;
  Logger logger_{{.level = LogLevel::kError}, [](std::string_view) {}};
  Metrics metrics_;
  BlockingPool pool_{"activity", 2, 1'000, metrics_};
  std::unique_ptr<RocksDbActivity> activity_;
};

}  // namespace freshet::stores
