// A prepared statement. Internal to the SQLite adapter.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stores/database/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace freshet::stores {

// Used by one thread at a time, and destroyed before its connection.
class SqliteStatement {
 public:
  // Errors: kInternal (not exactly one statement, or parameters that are not $1 to $n), others as
  // SqliteFailure says.
  static Result<SqliteStatement> Prepare(sqlite3* connection, std::string_view sql);

  // Runs it to its end, with `on_row` for each row unless that is empty. Returns the number of rows
  // that it changed. Errors: as Transaction::Query.
  Result<std::int64_t> Run(std::span<const Sql> parameters, const Transaction::OnRow& on_row);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Handle = std::unique_ptr<sqlite3_stmt, Finalize>;

  SqliteStatement(sqlite3* connection, Handle handle, std::vector<int> indexes)
      : connection_(connection), handle_(std::move(handle)), indexes_(std::move(indexes)) {}
  Result<> Bind(std::span<const Sql> parameters);
  Result<> BindOne(int index, const SqlValue& value);

  sqlite3* connection_;
  Handle handle_;
  std::vector<int> indexes_;  // SQLite's index of $1, $2, ...
};

}  // namespace freshet::stores
