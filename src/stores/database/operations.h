// Makes a write that a client repeats happen once: who claims its key first does it, and whoever
// repeats it gets the first one's answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/operation_key.h"
#include "stores/database/database.h"
#include "stores/database/migrations.h"

namespace freshet::stores {

Schema OperationsSchema();

// How long a client may repeat an operation and still get its answer.
inline constexpr Duration kOperationLifetime{24 * 3'600'000LL};

// What was answered, word for word.
struct OperationAnswer {
  int status = 0;
  std::string headers;  // "Name: value" lines
  std::string body;

  bool operator==(const OperationAnswer&) const = default;
};

// Claims the operation for `subject_id`, which the same transaction is about to make. Returns
// nothing when this is the first claim; else the subject of the earlier one, and then the
// transaction must not make it again. Errors: kInvalid (code "idempotency_key_reused": the key
// belongs to another request), the database's.
Result<std::optional<std::uint64_t>> ClaimOperation(Transaction& tx, const OperationKey& operation,
                                                    std::uint64_t subject_id, Timestamp now);

// Keeps the answer, with the operation's claim if there is one. The first answer stays.
Result<> StoreAnswer(Transaction& tx, const OperationKey& operation, const OperationAnswer& answer,
                     Timestamp now);

// The answer that was kept, if there is one. Errors: as ClaimOperation.
Result<std::optional<OperationAnswer>> FindAnswer(Transaction& tx, const OperationKey& operation);

// Forgets operations claimed before `before`, oldest first, in transactions of a thousand. Returns
// how many there were. Errors: the database's.
Awaitable<Result<std::int64_t>> PurgeOperations(Database& database, Timestamp before,
                                                Deadline deadline);

// Forgets the account's operations, and every answer that names the account. In transactions of a
// thousand. Returns how many. Errors: the database's.
Awaitable<Result<std::int64_t>> EraseOperations(Database& database, AccountId account,
                                                Deadline deadline);

}  // namespace freshet::stores
