#include "stores/database/sqlite_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "stores/database/sqlite_checkpointer.h"
#include "stores/database/sqlite_connection.h"
#include "stores/database/sqlite_readers.h"
#include "stores/database/sqlite_writer.h"

namespace freshet::stores {
namespace {

// Held as long as the database is open; ends with the process at the latest.
class FileLock {
 public:
  static Result<FileLock> Take(const std::string& path) {
    FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.file_ < 0) {
      return Unavailable(fmt::format("{} cannot be opened: {}", path, std::strerror(errno)));
    }
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
      return Unavailable(fmt::format("{} is locked: another process uses this database", path),
                         "in_use");
    }
    return lock;
  }
  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (file_ >= 0) ::close(file_);
  }

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_;
};

}  // namespace

// Destroyed from the bottom up: the checkpointer's connection closes last and empties the log.
struct SqliteDatabase::Parts {
  explicit Parts(FileLock held) : lock(std::move(held)) {}
  FileLock lock;
  std::optional<SqliteCheckpointer> checkpointer;
  std::optional<SqliteWriter> writer;
  std::optional<SqliteReaders> readers;
};

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const SqliteOptions& options,
                                                             const std::string& path,
                                                             const Clock& clock, Logger& logger,
                                                             Metrics& metrics) {
  ASSIGN_OR_RETURN(auto lock, FileLock::Take(path + "-lock"));
  ASSIGN_OR_RETURN(auto writer, SqliteConnection::Open(path, SqliteRole::kWriter, options));
  ASSIGN_OR_RETURN(auto checkpointer,
                   SqliteConnection::Open(path, SqliteRole::kCheckpointer, options));
  std::vector<std::unique_ptr<SqliteConnection>> readers;
  for (std::int64_t i = 0; i < options.readers; ++i) {
    ASSIGN_OR_RETURN(auto reader, SqliteConnection::Open(path, SqliteRole::kReader, options));
    readers.push_back(std::move(reader));
  }
  auto parts = std::make_unique<Parts>(std::move(lock));
  parts->checkpointer.emplace(std::move(checkpointer), options, logger, metrics);
  parts->writer.emplace(std::move(writer), *parts->checkpointer, options, clock, metrics);
  parts->readers.emplace(std::move(readers), options, clock, metrics);
  return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(parts), clock));
}

SqliteDatabase::SqliteDatabase(std::unique_ptr<Parts> parts, const Clock& clock)
    : parts_(std::move(parts)), clock_(clock) {}
SqliteDatabase::~SqliteDatabase() = default;

Awaitable<Result<>> SqliteDatabase::Write(Body body, Deadline deadline) {
  if (deadline.Expired(clock_)) {
    co_return DeadlineExceeded("the deadline passed before the write began");
  }
  co_return co_await Suspend<Result<>>([&](Resolver<Result<>> caller) {
    parts_->writer->Push({.body = std::move(body),
                          .deadline = deadline,
                          .queued_at = std::chrono::steady_clock::now(),
                          .caller = std::move(caller)});
  });
}

Awaitable<Result<>> SqliteDatabase::Read(Body body, Deadline deadline) {
  if (deadline.Expired(clock_)) {
    co_return DeadlineExceeded("the deadline passed before the read began");
  }
  co_return co_await Suspend<Result<>>([&](Resolver<Result<>> caller) {
    parts_->readers->Push({.body = std::move(body),
                           .deadline = deadline,
                           .queued_at = std::chrono::steady_clock::now(),
                           .caller = std::move(caller)});
  });
}

Awaitable<Result<>> SqliteDatabase::Scrub(Deadline deadline) {
  if (deadline.Expired(clock_)) {
    co_return DeadlineExceeded("the deadline passed before the files were scrubbed");
  }
  // Deleted content is overwritten in its page (secure_delete, sqlite_clean_pages.h); what
  // is left is the log.
  co_return co_await Suspend<Result<>>(
      [&](Resolver<Result<>> caller) { parts_->checkpointer->EmptyLog(std::move(caller)); });
}

void SqliteDatabase::OnOutbox(std::function<void()> wake) {
  parts_->writer->OnOutbox(std::move(wake));
}

}  // namespace freshet::stores
