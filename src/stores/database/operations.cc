#include "stores/database/operations.h"

#include <array>

namespace freshet::stores {
namespace {

constexpr std::array kMigrations{Migration{1, R"(
    CREATE TABLE operations (
      operation TEXT NOT NULL PRIMARY KEY,
      fingerprint TEXT NOT NULL,
      subject BIGINT,
      status INTEGER,
      headers TEXT,
      body TEXT,
      created_at BIGINT NOT NULL);
    CREATE INDEX operations_by_age ON operations (created_at);
)"}};

constexpr std::int64_t kPurgedAtOnce = 1'000;

Result<> CheckFingerprint(const OperationKey& operation, std::string_view stored) {
  if (stored == operation.fingerprint) return {};
  return Invalid("This idempotency key was used for another request; take a new key.",
                 "idempotency_key_reused");
}

}  // namespace

Schema OperationsSchema() { return {.service = "operations", .migrations = kMigrations}; }

Result<std::optional<std::uint64_t>> ClaimOperation(Transaction& tx, const OperationKey& operation,
                                                    std::uint64_t subject_id, Timestamp now) {
  ASSIGN_OR_RETURN(
      const auto claimed,
      tx.Execute("INSERT INTO operations (operation, fingerprint, subject, created_at) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                 {operation.key, operation.fingerprint, subject_id, now}));
  if (claimed > 0) return std::nullopt;
  std::string fingerprint;
  std::optional<std::uint64_t> subject;
  RETURN_IF_ERROR(tx.Query("SELECT fingerprint, subject FROM operations WHERE operation = $1",
                           {operation.key}, [&](const Row& row) {
                             fingerprint = row.Text(0);
                             if (!row.IsNull(1)) subject = static_cast<std::uint64_t>(row.Int(1));
                           }));
  if (!subject) return Unavailable("the operation has just been answered or purged; try again");
  RETURN_IF_ERROR(CheckFingerprint(operation, fingerprint));
  return subject;
}

Result<> StoreAnswer(Transaction& tx, const OperationKey& operation, const OperationAnswer& answer,
                     Timestamp now) {
  RETURN_IF_ERROR(tx.Execute(
      "INSERT INTO operations (operation, fingerprint, status, headers, body, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (operation) DO UPDATE "
      "SET status = $3, headers = $4, body = $5 "
      "WHERE operations.fingerprint = $2 AND operations.status IS NULL",
      {operation.key, operation.fingerprint, answer.status, answer.headers, answer.body, now}));
  return {};
}

Result<std::optional<OperationAnswer>> FindAnswer(Transaction& tx, const OperationKey& operation) {
  std::optional<OperationAnswer> answer;
  std::string fingerprint = operation.fingerprint;
  RETURN_IF_ERROR(
      tx.Query("SELECT fingerprint, status, headers, body FROM operations WHERE operation = $1",
               {operation.key}, [&](const Row& row) {
                 fingerprint = row.Text(0);
                 if (row.IsNull(1)) return;
                 answer = OperationAnswer{.status = static_cast<int>(row.Int(1)),
                                          .headers = std::string(row.Text(2)),
                                          .body = std::string(row.Text(3))};
               }));
  RETURN_IF_ERROR(CheckFingerprint(operation, fingerprint));
  return answer;
}

Awaitable<Result<std::int64_t>> PurgeOperations(Database& database, Timestamp before,
                                                Deadline deadline) {
  std::int64_t purged = 0;
  for (;;) {
    const auto purge = [&](Transaction& tx) {
      return tx.Execute(
          "DELETE FROM operations WHERE operation IN (SELECT operation FROM operations "
          "WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
          {before, kPurgedAtOnce});
    };
    CO_ASSIGN_OR_RETURN(const auto gone, co_await WriteReturning(database, purge, deadline));
    purged += gone;
    if (gone < kPurgedAtOnce) co_return purged;
  }
}

}  // namespace freshet::stores
