// One connection to a SQLite file, with its prepared statements. Internal to the SQLite adapter.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "stores/database/sqlite_options.h"
#include "stores/database/sqlite_statement.h"

struct sqlite3;

namespace freshet::stores {

enum class SqliteRole { kWriter, kReader, kCheckpointer };

struct CheckpointProgress {
  int log_frames = 0;     // in the write-ahead log
  int copied_frames = 0;  // of them in the file already
};

// Used by one thread at a time. Does not move: SQLite's callbacks hold its address.
class SqliteConnection {
 public:
  // Errors: kInvalid (code "foreign_file": it belongs to another application), kCorrupt,
  // kUnavailable.
  static Result<std::unique_ptr<SqliteConnection>> Open(const std::string& path, SqliteRole role,
                                                        const SqliteOptions& options);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // Runs a statement of a transaction's body, which may neither begin nor end transactions, nor
  // change settings. Errors: as Transaction::Query.
  Result<std::int64_t> Run(std::string_view sql, std::span<const Sql> parameters,
                           const Transaction::OnRow& on_row);
  // Runs a statement of the adapter's own: BEGIN, SAVEPOINT, PRAGMA, ...
  Result<> Control(std::string_view sql, const Transaction::OnRow& on_row = {});

  bool InTransaction() const;
  // Whether rows point to rows that are not there, which a COMMIT would refuse.
  bool HasOpenReferences() const;
  // Interrupts statements that still run at `deadline`, by `clock`, with kDeadline.
  void InterruptAt(Deadline deadline, const Clock& clock);
  // `committed` is called with the number of frames in the write-ahead log after each commit.
  void OnCommit(std::function<void(int)> committed);
  // Copies what it can from the write-ahead log into the file without waiting for anybody.
  Result<CheckpointProgress> Checkpoint();
  // Copies all of the write-ahead log into the file and cuts the log to nothing. Waits some seconds
  // for readers and the writer. Errors: kUnavailable (code "busy").
  Result<> EmptyLog();

 private:
  struct Prepared {
    SqliteStatement statement;
    bool controls;  // prepared by Control: no body may run it
    std::uint64_t last_used;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  SqliteConnection() = default;
  Result<> Configure(SqliteRole role, const SqliteOptions& options);
  Result<> ConfigureWriter(const SqliteOptions& options);
  void ConfigureReader();
  Result<> CheckOwner();
  Result<> SetPragmas(
      std::initializer_list<std::pair<std::string_view, std::string>> names_and_values);
  Result<SqliteStatement*> Prepare(std::string_view sql);
  void DropOldest();
  static int Authorize(void* self, int action, const char*, const char*, const char*, const char*);

  sqlite3* handle_ = nullptr;
  bool controlling_ = true;  // the adapter's own statement is being prepared or run
  std::uint64_t uses_ = 0;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
  std::function<void(int)> committed_;
  Deadline deadline_ = Deadline::Never();
  const Clock* clock_ = nullptr;
};

}  // namespace freshet::stores
