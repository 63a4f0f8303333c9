// A fresh SQLite database for tests and benchmarks, gone when they are.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "stores/database/migrations.h"
#include "stores/database/sqlite_database.h"

namespace freshet::stores {

// In a folder of its own under the system's folder for temporary files. What cannot be set up
// throws std::runtime_error.
class TempDatabase {
 public:
  explicit TempDatabase(const Clock& clock, std::span<const Schema> schemas = {},
                        SqliteOptions options = {.durability = Durability::kOs});
  ~TempDatabase();
  TempDatabase(const TempDatabase&) = delete;
  TempDatabase& operator=(const TempDatabase&) = delete;

  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }
  Metrics& metrics() { return metrics_; }
  std::filesystem::path path() const { return folder_ / "test.db"; }

  // As when the process ends and starts again.
  void Reopen();

 private:
  const Clock& clock_;
  const SqliteOptions options_;
  const std::filesystem::path folder_;
  Logger logger_;
  Metrics metrics_;
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace freshet::stores
