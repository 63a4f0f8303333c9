#include "stores/database/sqlite_connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "stores/database/dialect.h"
#include "stores/database/sqlite_clean_pages.h"
#include "stores/database/sqlite_error.h"

namespace freshet::stores {
namespace {

constexpr std::size_t kMaxStatements = 512;
constexpr int kBusyTimeoutMs = 2'000;
constexpr int kInstructionsBetweenDeadlineChecks = 4'000;
constexpr std::int64_t kApplicationId = 0x66736874;  // "fsht"; formats never change it
constexpr std::int64_t kPageBytes = 4'096;

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path,
                                                                 SqliteRole role,
                                                                 const SqliteOptions& options) {
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection());
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &connection->handle_, flags, CleanPagesVfs());
  if (code != SQLITE_OK) return SqliteFailure(connection->handle_, code, "open " + path);
  if (auto configured = connection->Configure(role, options); !configured) {
    return std::unexpected(std::move(configured).error().Within(path));
  }
  return connection;
}

SqliteConnection::~SqliteConnection() {
  statements_.clear();
  sqlite3_close(handle_);
}

Result<> SqliteConnection::Configure(SqliteRole role, const SqliteOptions& options) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  const bool syncs = options.durability == Durability::kFsync;
  RETURN_IF_ERROR(SetPragmas({{"synchronous", syncs ? "FULL" : "NORMAL"}}));
  if (role == SqliteRole::kWriter) RETURN_IF_ERROR(ConfigureWriter(options));
  const std::int64_t cache_kib = options.cache_bytes / 1'024 / (options.readers + 1);
  RETURN_IF_ERROR(SetPragmas({
      {"wal_autocheckpoint", "0"},  // SqliteCheckpointer's work
      // Deleted content is overwritten with zeros, so that erasing somebody erases; what it misses,
      // CleanPagesVfs clears.
      {"secure_delete", "ON"},
      {"foreign_keys", "ON"},
      {"temp_store", "MEMORY"},
      {"mmap_size", std::to_string(options.mmap_bytes)},
      {"cache_size", std::to_string(-cache_kib)},
      {"query_only", role == SqliteRole::kReader ? "ON" : "OFF"},
  }));
  if (role == SqliteRole::kReader) ConfigureReader();
  // A connection finds out that there is a write-ahead log when it first reads.
  RETURN_IF_ERROR(Control("SELECT count(*) FROM sqlite_schema"));
  statements_.clear();
  sqlite3_set_authorizer(handle_, &SqliteConnection::Authorize, this);
  return {};
}

Result<> SqliteConnection::ConfigureWriter(const SqliteOptions& options) {
  RETURN_IF_ERROR(SetPragmas({{"page_size", std::to_string(kPageBytes)}}));
  RETURN_IF_ERROR(CheckOwner());
  std::string journal;
  RETURN_IF_ERROR(
      Control("PRAGMA journal_mode = WAL", [&](const Row& row) { journal = row.Text(0); }));
  if (journal != "wal") return Unavailable("no write-ahead log here; is it a local disk?");
  RETURN_IF_ERROR(
      SetPragmas({{"journal_size_limit", std::to_string(4 * options.checkpoint_bytes)}}));
  if (options.max_bytes <= 0) return {};
  const auto pages = std::max(options.max_bytes / kPageBytes, std::int64_t{1});
  return SetPragmas({{"max_page_count", std::to_string(pages)}});
}

void SqliteConnection::ConfigureReader() {
  const auto expired = [](void* self) {
    const auto& connection = *static_cast<SqliteConnection*>(self);
    return connection.clock_ && connection.deadline_.Expired(*connection.clock_) ? 1 : 0;
  };
  sqlite3_progress_handler(handle_, kInstructionsBetweenDeadlineChecks, expired, this);
}

Result<> SqliteConnection::SetPragmas(
    std::initializer_list<std::pair<std::string_view, std::string>> names_and_values) {
  for (const auto& [name, value] : names_and_values) {
    RETURN_IF_ERROR(Control(fmt::format("PRAGMA {} = {}", name, value)));
  }
  return {};
}

Result<> SqliteConnection::CheckOwner() {
  std::int64_t owner = 0;
  std::int64_t tables = 0;
  RETURN_IF_ERROR(Control("PRAGMA application_id", [&](const Row& row) { owner = row.Int(0); }));
  RETURN_IF_ERROR(
      Control("SELECT count(*) FROM sqlite_schema", [&](const Row& row) { tables = row.Int(0); }));
  if (owner == kApplicationId) return {};
  if (owner != 0 || tables != 0) {
    return Invalid("the file is a database of another application", "foreign_file");
  }
  return Control(fmt::format("PRAGMA application_id = {}", kApplicationId));
}

int SqliteConnection::Authorize(void* self, int action, const char*, const char*, const char*,
                                const char*) {
  if (static_cast<SqliteConnection*>(self)->controlling_) return SQLITE_OK;
  switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_PRAGMA:
    case SQLITE_ATTACH:
    case SQLITE_DETACH: return SQLITE_DENY;
    default: return SQLITE_OK;
  }
}

Result<std::int64_t> SqliteConnection::Run(std::string_view sql, std::span<const Sql> parameters,
                                           const Transaction::OnRow& on_row) {
  controlling_ = false;
  ASSIGN_OR_RETURN(auto* statement, Prepare(sql));
  return statement->Run(parameters, on_row);
}

Result<> SqliteConnection::Control(std::string_view sql, const Transaction::OnRow& on_row) {
  controlling_ = true;
  ASSIGN_OR_RETURN(auto* statement, Prepare(sql));
  RETURN_IF_ERROR(statement->Run({}, on_row));
  return {};
}

Result<SqliteStatement*> SqliteConnection::Prepare(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    ASSIGN_OR_RETURN(auto statement, SqliteStatement::Prepare(handle_, ToSqlite(sql)));
    if (statements_.size() >= kMaxStatements) DropOldest();
    Prepared prepared{std::move(statement), controlling_, 0};
    found = statements_.emplace(std::string(sql), std::move(prepared)).first;
  }
  if (found->second.controls && !controlling_) {
    return Internal(fmt::format("not authorized within a transaction's body: {}", sql));
  }
  found->second.last_used = ++uses_;
  return &found->second.statement;
}

void SqliteConnection::DropOldest() {
  const auto oldest =
      std::ranges::min_element(statements_, {}, [](const auto& s) { return s.second.last_used; });
  statements_.erase(oldest);
}

bool SqliteConnection::InTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool SqliteConnection::HasOpenReferences() const {
  int open = 0;
  int unused = 0;
  sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
  return open != 0;
}

void SqliteConnection::InterruptAt(Deadline deadline, const Clock& clock) {
  deadline_ = deadline;
  clock_ = &clock;
}

void SqliteConnection::OnCommit(std::function<void(int)> committed) {
  committed_ = std::move(committed);
  const auto hook = [](void* self, sqlite3*, const char*, int frames) {
    static_cast<SqliteConnection*>(self)->committed_(frames);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_, hook, this);
}

Result<CheckpointProgress> SqliteConnection::Checkpoint() {
  CheckpointProgress progress;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             &progress.log_frames, &progress.copied_frames);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
    return SqliteFailure(handle_, code, "checkpoint");
  }
  return progress;
}

Result<> SqliteConnection::EmptyLog() {
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  if ((code & 0xff) == SQLITE_BUSY) return Unavailable("a read has not ended", "busy");
  return SqliteFailure(handle_, code, "empty the write-ahead log");
}

}  // namespace freshet::stores
