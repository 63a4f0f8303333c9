#include "stores/database/dialect.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace freshet::stores {
namespace {

// The longest first: a match ends the search.
constexpr std::array kWords{
    std::pair<std::string_view, std::string_view>{"BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                                                  "INTEGER PRIMARY KEY AUTOINCREMENT"},
    std::pair<std::string_view, std::string_view>{"DOUBLE PRECISION", "REAL"},
    std::pair<std::string_view, std::string_view>{"SMALLINT", "INTEGER"},
    std::pair<std::string_view, std::string_view>{"BIGINT", "INTEGER"},
};
constexpr std::string_view kClustered = "/*clustered*/";

bool IsWordCharacter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Where the quoted text, name or comment at `from` ends; `from` itself where none begins.
std::size_t SkipQuoted(std::string_view sql, std::size_t from) {
  if (sql[from] == '\'' || sql[from] == '"') {
    const auto end = sql.find(sql[from], from + 1);
    return end == std::string_view::npos ? sql.size() : end + 1;
  }
  if (sql.substr(from).starts_with("--")) {
    const auto end = sql.find('\n', from);
    return end == std::string_view::npos ? sql.size() : end;
  }
  return from;
}

std::string WithTypesReplaced(std::string_view sql) {
  std::string out;
  for (std::size_t i = 0; i < sql.size();) {
    if (const auto end = SkipQuoted(sql, i); end > i) {
      out += sql.substr(i, end - i);
      i = end;
      continue;
    }
    bool replaced = false;
    const bool starts_word = i == 0 || !IsWordCharacter(sql[i - 1]);
    for (const auto& [word, replacement] : kWords) {
      const auto end = i + word.size();
      if (!starts_word || !sql.substr(i).starts_with(word)) continue;
      if (end < sql.size() && IsWordCharacter(sql[end])) continue;
      out += replacement;
      i = end;
      replaced = true;
      break;
    }
    if (!replaced) out += sql[i++];
  }
  return out;
}

}  // namespace

std::string ToSqlite(std::string_view statement) {
  auto sql = Trimmed(statement, "; \t\r\n");
  const bool creates = sql.starts_with("CREATE TABLE");
  if (!creates && !sql.starts_with("ALTER TABLE")) return std::string(statement);
  const bool clustered = sql.ends_with(kClustered);
  if (clustered) sql.remove_suffix(kClustered.size());
  std::string out = WithTypesReplaced(sql);
  if (creates) out += clustered ? "WITHOUT ROWID, STRICT" : " STRICT";
  return out;
}

}  // namespace freshet::stores
