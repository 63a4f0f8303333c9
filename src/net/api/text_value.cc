#include "net/api/text_value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/id.h"
#include "base/utf8.h"

namespace freshet::net::internal {
namespace {

template <class Number>
bool ParseWhole(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool Wrong(const FieldContext& at, std::string_view code, std::string message) {
  at.errors.Add(at.place, code, std::move(message));
  return false;
}

}  // namespace

bool ReadTextBool(std::string_view text, bool& out, const FieldContext& at) {
  out = text == "true";
  return out || text == "false" || Wrong(at, "wrong_type", "Must be true or false.");
}

bool ReadTextInteger(std::string_view text, std::int64_t least, std::int64_t most,
                     std::int64_t& out, const FieldContext& at) {
  if (!ParseWhole(text, out) || out < least || out > most) {
    return Wrong(at, "wrong_type", fmt::format("Must be an integer from {} to {}.", least, most));
  }
  return CheckRange(static_cast<double>(out), at);
}

bool ReadTextUnsigned(std::string_view text, std::uint64_t most, std::uint64_t& out,
                      const FieldContext& at) {
  if (!ParseWhole(text, out) || out > most) {
    return Wrong(at, "wrong_type", fmt::format("Must be an integer from 0 to {}.", most));
  }
  return CheckRange(static_cast<double>(out), at);
}

bool ReadTextNumber(std::string_view text, double& out, const FieldContext& at) {
  if (!ParseWhole(text, out) || !std::isfinite(out)) {
    return Wrong(at, "wrong_type", "Must be a number.");
  }
  return CheckRange(out, at);
}

bool ReadTextString(std::string_view text, std::string& out, const FieldContext& at) {
  if (!IsUtf8(text)) return Wrong(at, "not_utf8", "Must be UTF-8.");
  if (text.find('\0') != std::string_view::npos) {
    return Wrong(at, "nul_character", "A text cannot hold the character U+0000.");
  }
  out = text;
  return CheckTextLength(text, at);
}

bool ReadTextId(std::string_view text, std::uint64_t& out, const FieldContext& at) {
  const auto id = ParseId(text);
  if (!id) return Wrong(at, "invalid_id", "Must be an id: digits only.");
  out = *id;
  return true;
}

bool ReadTextTime(std::string_view text, Timestamp& out, const FieldContext& at) {
  const auto time = ParseTimestamp(text);
  if (!time) {
    return Wrong(at, "invalid_time", "Must be a time such as 2026-01-31T08:05:09.123Z.");
  }
  out = *time;
  return true;
}

void ReportWord(const std::vector<std::string_view>& words, const FieldContext& at) {
  Wrong(at, "unknown_word", fmt::format("Must be one of {}.", ListWords(words)));
}

std::vector<std::string_view> SplitList(std::string_view text) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace freshet::net::internal
