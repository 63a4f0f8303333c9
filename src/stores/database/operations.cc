#include "stores/database/operations.h"

#include <fmt/format.h>

#include <array>
#include <vector>

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
      account_id BIGINT,
      created_at BIGINT NOT NULL);
    CREATE INDEX operations_by_account ON operations (account_id) WHERE account_id IS NOT NULL;
    CREATE INDEX operations_by_age ON operations (created_at);
)"}};

constexpr std::int64_t kPurgedAtOnce = 1'000;

std::optional<AccountId> AccountOf(const OperationKey& operation) {
  return operation.account ? std::optional(operation.account) : std::nullopt;
}

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
      tx.Execute("INSERT INTO operations (operation, fingerprint, subject, created_at, account_id) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                 {operation.key, operation.fingerprint, subject_id, now, AccountOf(operation)}));
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
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO operations "
                 "(operation, fingerprint, status, headers, body, created_at, account_id) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (operation) DO UPDATE "
                 "SET status = $3, headers = $4, body = $5 "
                 "WHERE operations.fingerprint = $2 AND operations.status IS NULL",
                 {operation.key, operation.fingerprint, answer.status, answer.headers, answer.body,
                  now, AccountOf(operation)}));
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

Awaitable<Result<std::int64_t>> EraseOperations(Database& database, AccountId account,
                                                Deadline deadline) {
  const auto erase = [&](Transaction& tx) -> Result<std::int64_t> {
    return tx.Execute(
        "DELETE FROM operations WHERE operation IN (SELECT operation FROM operations "
        "WHERE account_id = $1 LIMIT $2)",
        {account, kPurgedAtOnce});
  };
  std::int64_t erased = 0;
  for (std::int64_t gone = kPurgedAtOnce; gone == kPurgedAtOnce; erased += gone) {
    CO_ASSIGN_OR_RETURN(gone, co_await WriteReturning(database, erase, deadline));
  }
  // What others were answered may show the account, and what it wrote.
  std::string after;
  const std::string name = fmt::format("%\"{}\"%", account.value);
  for (;;) {
    std::vector<std::string> looked_at, about;
    const auto look = [&](Transaction& tx) {
      looked_at.clear();
      about.clear();
      return tx.Query(
          "SELECT operation, CASE WHEN body LIKE $3 THEN 1 ELSE 0 END FROM operations "
          "WHERE operation > $1 ORDER BY operation LIMIT $2",
          {after, kPurgedAtOnce, name}, [&](const Row& row) {
            looked_at.emplace_back(row.Text(0));
            if (row.Bool(1)) about.emplace_back(row.Text(0));
          });
    };
    CO_RETURN_IF_ERROR(co_await database.Read(look, deadline));
    if (!about.empty()) {
      // A repetition makes the answer anew; the claim keeps it from being done twice.
      const auto forget = [&](Transaction& tx) -> Result<> {
        for (const auto& operation : about) {
          RETURN_IF_ERROR(
              tx.Execute("UPDATE operations SET status = NULL, headers = NULL, body = NULL "
                         "WHERE operation = $1 AND subject IS NOT NULL",
                         {operation}));
          RETURN_IF_ERROR(tx.Execute(
              "DELETE FROM operations WHERE operation = $1 AND subject IS NULL", {operation}));
        }
        return {};
      };
      CO_RETURN_IF_ERROR(co_await database.Write(forget, deadline));
      erased += static_cast<std::int64_t>(about.size());
    }
    if (looked_at.size() < static_cast<std::size_t>(kPurgedAtOnce)) co_return erased;
    after = looked_at.back();
  }
}

}  // namespace freshet::stores
