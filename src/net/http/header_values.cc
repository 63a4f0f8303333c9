#include "net/http/header_values.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace freshet::net {
namespace {

bool IsTokenCharacter(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool IsLowerHex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
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
          parameter.size() > 2 && ToLower(parameter[0]) == 'q' && parameter[1] == '=';
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

std::string_view TraceIdOf(std::string_view traceparent) {
  // version "-" trace-id "-" parent-id "-" flags
  const bool shaped = traceparent.size() == 55 && traceparent[2] == '-' && traceparent[35] == '-' &&
                      traceparent[52] == '-' && !traceparent.starts_with("ff");
  if (!shaped) return {};
  const std::string_view trace = traceparent.substr(3, 32), parent = traceparent.substr(36, 16);
  const auto all_zeros = [](std::string_view id) { return id.find_first_not_of('0') == id.npos; };
  const bool valid = IsLowerHex(traceparent.substr(0, 2)) && IsLowerHex(trace) &&
                     IsLowerHex(parent) && IsLowerHex(traceparent.substr(53)) &&
                     !all_zeros(trace) && !all_zeros(parent);
  return valid ? trace : std::string_view();
}

}  // namespace freshet::net
