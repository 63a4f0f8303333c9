#include "stores/database/migrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace freshet::stores {
namespace {

constexpr std::string_view kCreateTable = R"(
    CREATE TABLE IF NOT EXISTS schema_migrations (
      service TEXT NOT NULL,
      number INTEGER NOT NULL,
      applied_at BIGINT NOT NULL,
      PRIMARY KEY (service, number)) /*clustered*/)";

// The statements without their ends and without comment lines.
std::vector<std::string> SplitStatements(std::string_view sql) {
  std::vector<std::string> statements(1);
  while (!sql.empty()) {
    const auto end = std::min(sql.find('\n'), sql.size());
    auto line = sql.substr(0, end);
    sql.remove_prefix(std::min(end + 1, sql.size()));
    const auto content = Trimmed(line, " \t\r");
    if (content.empty() || content.starts_with("--")) continue;
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    const bool ends = line.ends_with(';');
    if (ends) line.remove_suffix(1);
    statements.back().append(line).append("\n");
    if (ends) statements.emplace_back();
  }
  if (statements.back().empty()) statements.pop_back();
  return statements;
}

Result<> CheckNumbers(const Schema& schema) {
  for (std::size_t i = 0; i < schema.migrations.size(); ++i) {
    if (schema.migrations[i].number == static_cast<int>(i) + 1) continue;
    return Internal(
        fmt::format("the migrations of {} are not numbered from 1 without gaps", schema.service));
  }
  return {};
}

Result<std::int64_t> NewestApplied(Transaction& tx, std::string_view service) {
  std::int64_t newest = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT coalesce(max(number), 0) FROM schema_migrations WHERE service = $1",
               {service}, [&](const Row& row) { newest = row.Int(0); }));
  return newest;
}

// Another process may apply the same migration at the same time: whoever records it first does it.
Result<> Apply(Transaction& tx, std::string_view service, const Migration& migration,
               Timestamp now) {
  ASSIGN_OR_RETURN(
      const auto recorded,
      tx.Execute("INSERT INTO schema_migrations (service, number, applied_at) VALUES ($1, $2, $3) "
                 "ON CONFLICT DO NOTHING",
                 {service, migration.number, now}));
  if (recorded == 0) return {};
  for (const auto& statement : SplitStatements(migration.sql)) {
    RETURN_IF_ERROR(tx.Execute(statement));
  }
  return {};
}

}  // namespace

Awaitable<Result<>> Migrate(Database& database, std::span<const Schema> schemas, const Clock& clock,
                            Deadline deadline) {
  for (const auto& schema : schemas) CO_RETURN_IF_ERROR(CheckNumbers(schema));
  std::vector<std::int64_t> applied;
  const auto prepare = [&](Transaction& tx) -> Result<> {
    applied.clear();
    RETURN_IF_ERROR(tx.Execute(kCreateTable));
    for (const auto& schema : schemas) {
      ASSIGN_OR_RETURN(const auto newest, NewestApplied(tx, schema.service));
      applied.push_back(newest);
      if (newest <= static_cast<std::int64_t>(schema.migrations.size())) continue;
      return Conflict(
          fmt::format("the database has migration {} of {}, this program knows {}: a newer freshet "
                      "wrote it; run that version",
                      newest, schema.service, schema.migrations.size()),
          "newer_schema");
    }
    return {};
  };
  CO_RETURN_IF_ERROR(co_await database.Write(prepare, deadline));
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    const auto& schema = schemas[i];
    for (const auto& migration : schema.migrations.subspan(static_cast<std::size_t>(applied[i]))) {
      auto outcome = co_await database.Write(
          [&](Transaction& tx) { return Apply(tx, schema.service, migration, clock.Now()); },
          deadline);
      if (!outcome) {
        co_return std::unexpected(std::move(outcome).error().Within(
            fmt::format("migration {} of {}", migration.number, schema.service)));
      }
    }
  }
  co_return Result<>{};
}

}  // namespace freshet::stores
