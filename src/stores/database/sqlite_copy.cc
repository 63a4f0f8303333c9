#include "stores/database/sqlite_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "stores/database/sqlite_error.h"

namespace freshet::stores {
namespace {

constexpr int kPagesAtOnce = 2'048;
constexpr int kBusyTimeoutMs = 2'000;

Result<> Sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (synced) return {};
  return Unavailable(fmt::format("{} cannot be made durable: {}", path, std::strerror(error)));
}

}  // namespace

void SqliteCopy::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }

Result<SqliteCopy::Connection> SqliteCopy::Open(const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(opened);
  if (code != SQLITE_OK) return SqliteFailure(opened, code, "open " + path);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
  return connection;
}

// The first column of the first row.
Result<std::string> SqliteCopy::Ask(sqlite3* connection, const char* sql) {
  std::string answer;
  const auto on_row = [](void* to, int columns, char** values, char**) {
    auto& text = *static_cast<std::string*>(to);
    if (text.empty() && columns > 0 && values[0] != nullptr) text = values[0];
    return 0;
  };
  const int code = sqlite3_exec(connection, sql, on_row, &answer, nullptr);
  if (code != SQLITE_OK) return SqliteFailure(connection, code, sql);
  return answer;
}

Result<SqliteCopy> SqliteCopy::Begin(const std::string& path) {
  ASSIGN_OR_RETURN(auto source, Open(path, SQLITE_OPEN_READWRITE));
  SqliteCopy copy(std::move(source));
  sqlite3* const connection = copy.source_.get();
  RETURN_IF_ERROR(Ask(connection, "BEGIN"));
  // The transaction sees what is there at its first read.
  RETURN_IF_ERROR(Ask(connection, "SELECT count(*) FROM sqlite_schema"));
  ASSIGN_OR_RETURN(const auto page, Ask(connection, "PRAGMA page_size"));
  ASSIGN_OR_RETURN(const auto pages, Ask(connection, "PRAGMA page_count"));
  copy.page_bytes_ = std::atoll(page.c_str());
  copy.bytes_ = copy.page_bytes_ * std::atoll(pages.c_str());
  return copy;
}

Result<> SqliteCopy::WriteTo(const std::string& path,
                             const std::function<bool(std::int64_t)>& copied) {
  ASSIGN_OR_RETURN(auto to, Open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  // Nobody sees the file before it is whole.
  RETURN_IF_ERROR(Ask(to.get(), "PRAGMA synchronous = OFF"));
  RETURN_IF_ERROR(Ask(to.get(), "PRAGMA journal_mode = OFF"));
  RETURN_IF_ERROR(CopyPages(to.get(), copied));
  ASSIGN_OR_RETURN(const auto found, Ask(to.get(), "PRAGMA quick_check(1)"));
  if (found != "ok") return Corrupt(fmt::format("{} is damaged: {}", path, found));
  to.reset();
  return Sync(path);
}

Result<> SqliteCopy::CopyPages(sqlite3* to, const std::function<bool(std::int64_t)>& copied) {
  struct Finish {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
  };
  const std::unique_ptr<sqlite3_backup, Finish> backup(
      sqlite3_backup_init(to, "main", source_.get(), "main"));
  if (!backup) return SqliteFailure(to, sqlite3_errcode(to), "copy");
  for (std::int64_t told = 0;;) {
    const int code = sqlite3_backup_step(backup.get(), kPagesAtOnce);
    const std::int64_t done =
        sqlite3_backup_pagecount(backup.get()) - sqlite3_backup_remaining(backup.get());
    if (code == SQLITE_OK || code == SQLITE_DONE) {
      if (!copied((done - told) * page_bytes_)) return Unavailable("the copy was stopped");
      told = done;
      if (code == SQLITE_DONE) return {};
    } else {
      return SqliteFailure(to, code, "copy");
    }
  }
}

}  // namespace freshet::stores
