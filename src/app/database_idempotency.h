// Answers to repeatable writes, kept in the database.
#pragma once

#include "net/api/idempotency.h"
#include "stores/database/database.h"

namespace freshet::app {

class DatabaseIdempotency final : public net::IdempotencyStore {
 public:
  explicit DatabaseIdempotency(stores::Database& database) : database_(database) {}

  Awaitable<Result<std::optional<net::StoredAnswer>>> Find(OperationKey operation,
                                                           Deadline deadline) override;
  Awaitable<Result<>> Store(OperationKey operation, net::StoredAnswer answer,
                            Deadline deadline) override;

 private:
  stores::Database& database_;
};

}  // namespace freshet::app
