#include "app/database_idempotency.h"

#include "stores/database/operations.h"

namespace freshet::app {

Awaitable<Result<std::optional<net::StoredAnswer>>> DatabaseIdempotency::Find(
    OperationKey operation, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto found,
      co_await stores::ReadReturning(
          database_, [&](stores::Transaction& tx) { return stores::FindAnswer(tx, operation); },
          deadline));
  if (!found) co_return std::nullopt;
  net::StoredAnswer answer{.status = found->status, .headers = {}, .body = std::move(found->body)};
  if (!found->content_type.empty()) answer.headers.Add("Content-Type", found->content_type);
  co_return answer;
}

Awaitable<Result<>> DatabaseIdempotency::Store(OperationKey operation, net::StoredAnswer answer,
                                               Deadline deadline) {
  const stores::OperationAnswer kept{
      .status = answer.status,
      .content_type = std::string(answer.headers.Get("Content-Type")),
      .body = std::move(answer.body)};
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) { return stores::StoreAnswer(tx, operation, kept); }, deadline);
}

}  // namespace freshet::app
