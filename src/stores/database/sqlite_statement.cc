#include "stores/database/sqlite_statement.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <cmath>

#include "stores/database/sqlite_error.h"

namespace freshet::stores {
namespace {

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  double Real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view Text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

// SQLite's index of each of $1..$n, or kInternal.
Result<std::vector<int>> ParameterIndexes(sqlite3_stmt* statement) {
  std::vector<int> indexes(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)), 0);
  for (int index = 1; index <= static_cast<int>(indexes.size()); ++index) {
    const char* given = sqlite3_bind_parameter_name(statement, index);
    const std::string_view name = given == nullptr ? "?" : given;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (!name.starts_with('$') || error != std::errc() || end != name.data() + name.size() ||
        number < 1 || number > indexes.size()) {
      return Internal(fmt::format("parameters must be $1 to ${}, without gaps; found {}",
                                  indexes.size(), name));
    }
    indexes[number - 1] = index;
  }
  return indexes;
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<SqliteStatement> SqliteStatement::Prepare(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  Handle handle(statement);
  if (code != SQLITE_OK) return SqliteFailure(connection, code, sql);
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (!handle || rest.find_first_not_of("; \t\r\n") != std::string_view::npos) {
    return Internal(fmt::format("not exactly one statement: {}", sql));
  }
  ASSIGN_OR_RETURN(auto indexes, ParameterIndexes(statement));
  return SqliteStatement(connection, std::move(handle), std::move(indexes));
}

Result<> SqliteStatement::BindOne(int index, const SqlValue& value) {
  int code = SQLITE_OK;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    code = sqlite3_bind_int64(handle_.get(), index, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    if (std::isnan(*real)) return Invalid("a parameter is not a number", "nan");
    code = sqlite3_bind_double(handle_.get(), index, *real);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (text->find('\0') != std::string_view::npos) {
      return Invalid("a text must not contain the character NUL", "nul_character");
    }
    // A null pointer would bind NULL; the empty text is another value.
    code = sqlite3_bind_text64(handle_.get(), index, text->data() ? text->data() : "", text->size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  } else {
    code = sqlite3_bind_null(handle_.get(), index);
  }
  if (code != SQLITE_OK) return SqliteFailure(connection_, code, "bind");
  return {};
}

Result<> SqliteStatement::Bind(std::span<const Sql> parameters) {
  if (parameters.size() != indexes_.size()) {
    return Internal(fmt::format("{} parameters for the {} of: {}", parameters.size(),
                                indexes_.size(), sqlite3_sql(handle_.get())));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    RETURN_IF_ERROR(BindOne(indexes_[i], parameters[i].value()));
  }
  return {};
}

Result<std::int64_t> SqliteStatement::Run(std::span<const Sql> parameters,
                                          const Transaction::OnRow& on_row) {
  // Resets on every way out, an exception of on_row included; bound texts are not kept.
  struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  } reset{handle_.get()};
  RETURN_IF_ERROR(Bind(parameters));
  const auto changes_before = sqlite3_total_changes64(connection_);
  const SqliteRow row(handle_.get());
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(handle_.get())) == SQLITE_ROW) {
    if (on_row) on_row(row);
  }
  if (code != SQLITE_DONE) return SqliteFailure(connection_, code, sqlite3_sql(handle_.get()));
  const bool changed = sqlite3_total_changes64(connection_) != changes_before;
  return changed ? sqlite3_changes64(connection_) : 0;
}

}  // namespace freshet::stores
