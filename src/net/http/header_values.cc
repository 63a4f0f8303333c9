#include "net/http/header_values.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace freshet::net {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool IsTokenCharacter(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

// A qvalue: at most three decimals, from 0 to 1. A malformed one counts as 0.
double ParseWeight(std::string_view text) {
  double weight = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), weight, std::chars_format::fixed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && weight >= 0 && weight <= 1 ? weight : 0;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

void ForEachListItem(std::string_view list, const std::function<bool(std::string_view)>& visit,
                     char separator) {
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && quoted && list[i] == '\\') {
      ++i;
      continue;
    }
    if (i < list.size() && list[i] == '"') quoted = !quoted;
    if (i < list.size() && (quoted || list[i] != separator)) continue;
    const auto item = Trimmed(list.substr(start, std::min(i, list.size()) - start));
    if (!item.empty() && !visit(item)) return;
    start = i + 1;
  }
  if (quoted && start < list.size()) {
    const auto item = Trimmed(list.substr(start));
    if (!item.empty()) visit(item);
  }
}

bool ListHasToken(std::string_view list, std::string_view token) {
  bool found = false;
  ForEachListItem(list, [&](std::string_view item) {
    found = EqualsIgnoringCase(item, token);
    return !found;
  });
  return found;
}

double EncodingWeight(std::string_view accept_encoding, std::string_view coding) {
  std::optional<double> named, wildcard;
  ForEachListItem(accept_encoding, [&](std::string_view item) {
    const auto semicolon = item.find(';');
    const auto name = Trimmed(item.substr(0, semicolon));
    double weight = 1;
    if (semicolon != std::string_view::npos) {
      const auto parameter = Trimmed(item.substr(semicolon + 1));
      const bool is_weight =
          parameter.size() > 2 && Lower(parameter[0]) == 'q' && parameter[1] == '=';
      weight = is_weight ? ParseWeight(parameter.substr(2)) : 0;
    }
    if (EqualsIgnoringCase(name, coding)) named = weight;
    if (name == "*") wildcard = weight;
    return true;
  });
  if (named) return *named;
  if (wildcard) return *wildcard;
  return coding == "identity" ? 1 : 0;
}

}  // namespace freshet::net
