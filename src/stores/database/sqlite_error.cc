#include "stores/database/sqlite_error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

namespace freshet::stores {
namespace {

Failure ConstraintFailure(int extended, std::string message) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return Conflict(std::move(message), "unique");
    case SQLITE_CONSTRAINT_FOREIGNKEY: return Conflict(std::move(message), "foreign_key");
    case SQLITE_CONSTRAINT_CHECK: return Conflict(std::move(message), "check");
    default: return Internal(std::move(message));
  }
}

}  // namespace

Failure SqliteFailure(sqlite3* connection, int code, std::string_view what) {
  const int extended = connection != nullptr ? sqlite3_extended_errcode(connection) : code;
  const int detail = (extended & 0xff) == (code & 0xff) ? extended : code;
  const int system = connection != nullptr ? sqlite3_system_errno(connection) : 0;
  std::string message = fmt::format(
      "{}: {} (SQLite {})", what,
      connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code), detail);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return ConstraintFailure(detail, std::move(message));
    case SQLITE_FULL: return Exhausted(std::move(message), "disk_full");
    case SQLITE_NOMEM: return Exhausted(std::move(message), "out_of_memory");
    case SQLITE_IOERR:
      if (detail == SQLITE_IOERR_NOMEM) return Exhausted(std::move(message), "out_of_memory");
      if (system == ENOSPC || system == EDQUOT) return Exhausted(std::move(message), "disk_full");
      return Unavailable(std::move(message));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_CANTOPEN: return Unavailable(std::move(message));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Corrupt(std::move(message));
    case SQLITE_INTERRUPT: return DeadlineExceeded(std::move(message));
    case SQLITE_TOOBIG: return Invalid(std::move(message), "too_large");
    default: return Internal(std::move(message));
  }
}

}  // namespace freshet::stores
