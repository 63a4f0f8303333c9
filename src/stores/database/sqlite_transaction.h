// What a body sees of its SQLite transaction. Internal to the SQLite adapter.
#pragma once

#include <optional>

#include "stores/database/database.h"
#include "stores/database/sqlite_connection.h"

namespace freshet::stores {

// Runs bodies within a transaction that its owner has begun and will end.
class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(SqliteConnection& connection) : connection_(connection) {}

  // Runs `body` once. A success means that none of its statements failed either; an exception
  // becomes kInternal.
  Result<> RunBody(const Database::Body& body);
  bool wrote_outbox() const { return wrote_outbox_; }

  using Transaction::Execute;
  using Transaction::Query;
  Result<> Query(std::string_view sql, std::span<const Sql> parameters,
                 const OnRow& on_row) override;
  Result<std::int64_t> Execute(std::string_view sql, std::span<const Sql> parameters) override;
  // One writer is all the lock that SQLite needs.
  Result<> LockOutbox(std::string_view key) override;

 private:
  Result<std::int64_t> Run(std::string_view sql, std::span<const Sql> parameters,
                           const OnRow& on_row);

  SqliteConnection& connection_;
  std::optional<Error> failure_;
  bool running_ = false;
  bool wrote_outbox_ = false;
};

}  // namespace freshet::stores
