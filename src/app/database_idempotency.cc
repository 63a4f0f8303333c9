#include "app/database_idempotency.h"

#include <fmt/format.h>

#include "stores/database/operations.h"

namespace freshet::app {
namespace {

std::string ToLines(const net::HeaderFields& headers) {
  std::string lines;
  for (const auto& [name, value] : headers) lines += fmt::format("{}: {}\n", name, value);
  return lines;
}

net::HeaderFields FromLines(std::string_view lines) {
  net::HeaderFields headers;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(line.size() + 1);
    const auto colon = line.find(": ");
    headers.Add(line.substr(0, colon), line.substr(colon + 2));
  }
  return headers;
}

}  // namespace

Awaitable<Result<std::optional<net::StoredAnswer>>> DatabaseIdempotency::Find(
    OperationKey operation, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto found,
      co_await stores::ReadReturning(
          database_, [&](stores::Transaction& tx) { return stores::FindAnswer(tx, operation); },
          deadline));
  if (!found) co_return std::nullopt;
  co_return net::StoredAnswer{.status = found->status,
                              .headers = FromLines(found->headers),
                              .body = std::move(found->body)};
}

Awaitable<Result<>> DatabaseIdempotency::Store(OperationKey operation, net::StoredAnswer answer,
                                               Deadline deadline) {
  const stores::OperationAnswer kept{
      .status = answer.status, .headers = ToLines(answer.headers), .body = std::move(answer.body)};
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) {
        return stores::StoreAnswer(tx, operation, kept, clock_.Now());
      },
      deadline);
}

}  // namespace freshet::app
