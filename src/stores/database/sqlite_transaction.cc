#include "stores/database/sqlite_transaction.h"

#include <fmt/format.h>

#include <exception>

namespace freshet::stores {

Result<> SqliteTransaction::RunBody(const Database::Body& body) {
  try {
    auto outcome = body(*this);
    if (outcome && failure_) return std::unexpected(*failure_);
    return outcome;
  } catch (const std::exception& e) {
    return Internal(fmt::format("a transaction's body threw: {}", e.what()));
  } catch (...) {
    return Internal("a transaction's body threw something that is no exception");
  }
}

Result<> SqliteTransaction::Query(std::string_view sql, std::span<const Sql> parameters,
                                  const OnRow& on_row) {
  RETURN_IF_ERROR(Run(sql, parameters, on_row));
  return {};
}

Result<std::int64_t> SqliteTransaction::Execute(std::string_view sql,
                                                std::span<const Sql> parameters) {
  return Run(sql, parameters, {});
}

Result<> SqliteTransaction::LockOutbox(std::string_view) {
  wrote_outbox_ = true;
  return {};
}

Result<std::int64_t> SqliteTransaction::Run(std::string_view sql, std::span<const Sql> parameters,
                                            const OnRow& on_row) {
  if (running_) return Internal("a statement within another one's rows");
  if (failure_) return std::unexpected(*failure_);
  struct Running {
    bool& flag;
    ~Running() { flag = false; }
  } running{running_ = true};
  auto outcome = connection_.Run(sql, parameters, on_row);
  if (!outcome) failure_ = outcome.error();
  return outcome;
}

}  // namespace freshet::stores
