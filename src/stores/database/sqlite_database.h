// The embedded adapter of the Database port: one SQLite file, in one process.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "stores/database/database.h"
#include "stores/database/sqlite_options.h"

namespace freshet::stores {

// One thread writes, and commits all writes that wait together; `readers` threads read, each on a
// snapshot; one thread moves the write-ahead log into the file. Reads end at their deadline, also
// within a statement; a write that has begun runs to its end.
class SqliteDatabase final : public Database {
 public:
  // Opens the file at `path`, or makes it; its folder must exist. Also uses `path`-wal, `path`-shm
  // and `path`-lock. Errors: kUnavailable (code "in_use": another process, or another
  // SqliteDatabase, has it open), kInvalid (code "foreign_file"), kCorrupt, kExhausted.
  static Result<std::unique_ptr<SqliteDatabase>> Open(const SqliteOptions& options,
                                                      const std::string& path, const Clock& clock,
                                                      Logger& logger, Metrics& metrics);
  ~SqliteDatabase() override;

  Awaitable<Result<>> Write(Body body, Deadline deadline) override;
  Awaitable<Result<>> Read(Body body, Deadline deadline) override;
  Awaitable<Result<>> Scrub(Deadline deadline) override;
  void OnOutbox(std::function<void()> wake) override;

 private:
  struct Parts;
  SqliteDatabase(std::unique_ptr<Parts> parts, const Clock& clock);

  std::unique_ptr<Parts> parts_;
  const Clock& clock_;
};

}  // namespace freshet::stores
