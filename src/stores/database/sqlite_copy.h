// A copy of a SQLite file while others write to it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

struct sqlite3;

namespace freshet::stores {

// Shows the file as it stood when the copy began, however much is written meanwhile: it holds a
// read transaction, so the write-ahead log cannot start over until it ends. Blocks. Used by one
// thread at a time.
class SqliteCopy {
 public:
  // Begins with everything that is committed now. Errors: kUnavailable, kCorrupt.
  static Result<SqliteCopy> Begin(const std::string& path);

  std::int64_t bytes() const { return bytes_; }

  // Writes the copy to `path`, a new file, checks it and makes it durable. `copied` is told of
  // bytes as they are written, and ends the copy with kUnavailable by returning false. Errors:
  // kExhausted (code "disk_full"), kUnavailable, kCorrupt.
  Result<> WriteTo(const std::string& path, const std::function<bool(std::int64_t)>& copied);

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  using Connection = std::unique_ptr<sqlite3, Close>;

  explicit SqliteCopy(Connection source) : source_(std::move(source)) {}
  static Result<Connection> Open(const std::string& path, int flags);
  static Result<std::string> Ask(sqlite3* connection, const char* sql);
  Result<> CopyPages(sqlite3* to, const std::function<bool(std::int64_t)>& copied);

  Connection source_;
  std::int64_t page_bytes_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace freshet::stores
