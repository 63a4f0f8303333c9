// Answers to repeatable writes, kept in the database.
#pragma once

#include "net/api/idempotency.h"
#include "stores/database/database.h"

namespace freshet::app {

class DatabaseIdempotency final : public net::IdempotencyStore {
 public:
  DatabaseIdempotency(stores::Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}

  Awaitable<Result<std::optional<net::StoredAnswer>>> Find(OperationKey operation,
                                                           Deadline deadline) override;
  Awaitable<Result<>> Store(OperationKey operation, net::StoredAnswer answer,
                            Deadline deadline) override;

 private:
  stores::Database& database_;
  const Clock& clock_;
};

}  // namespace freshet::app
