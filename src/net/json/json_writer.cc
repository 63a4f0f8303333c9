#include "net/json/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>

namespace freshet::net {
namespace {

// Whether any of eight bytes is a control character, a quote or a backslash (Mycroft's test for a
// zero byte; Warren, Hacker's Delight, section 6-1). May also say so of a byte after such a one.
bool AnyNeedsEscape(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t x) { return (x - kOnes) & ~x & kHighs; };
  const std::uint64_t control = (bytes - kOnes * 0x20) & ~bytes & kHighs;
  return (control | has_zero(bytes ^ kOnes * '"') | has_zero(bytes ^ kOnes * '\\')) != 0;
}

bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

const char* FindEscape(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, 8);
    if (AnyNeedsEscape(bytes)) break;
  }
  while (at != end && !NeedsEscape(*at)) ++at;
  return at;
}

void AppendEscaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
  }
}

template <class Number>
void AppendNumber(std::string& out, Number value) {
  char digits[32];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  out.append(digits, end);
}

void WriteDigits(char* at, unsigned value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

void JsonWriter::PlainKey(std::string_view name) {
  Separate();
  const std::size_t start = out_.size();
  out_.resize(start + name.size() + 3);
  char* const at = out_.data() + start;
  at[0] = '"';
  name.copy(at + 1, name.size());
  at[name.size() + 1] = '"';
  at[name.size() + 2] = ':';
}

void JsonWriter::AppendQuoted(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* stop = FindEscape(at, end);
  if (stop == end) {
    const std::size_t start = out_.size();
    out_.resize(start + text.size() + 2);
    out_[start] = '"';
    text.copy(out_.data() + start + 1, text.size());
    out_.back() = '"';
    return;
  }
  out_ += '"';
  for (; stop != end; at = stop + 1, stop = FindEscape(at, end)) {
    out_.append(at, stop);
    AppendEscaped(out_, *stop);
  }
  out_.append(at, end);
  out_ += '"';
}

void JsonWriter::Int(std::int64_t value) {
  Separate();
  AppendNumber(out_, value);
}

void JsonWriter::Uint(std::uint64_t value) {
  Separate();
  AppendNumber(out_, value);
}

void JsonWriter::Number(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  AppendNumber(out_, value);
}

void JsonWriter::DecimalText(std::uint64_t value) {
  Separate();
  out_ += '"';
  AppendNumber(out_, value);
  out_ += '"';
}

void JsonWriter::Time(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return Text(FormatTimestamp(time));
  auto milliseconds = static_cast<unsigned>((time - day).count());
  char text[] = "\"0000-00-00T00:00:00.000Z\"";
  WriteDigits(text + 1, static_cast<unsigned>(year), 4);
  WriteDigits(text + 6, static_cast<unsigned>(date.month()), 2);
  WriteDigits(text + 9, static_cast<unsigned>(date.day()), 2);
  WriteDigits(text + 21, milliseconds % 1000, 3);
  milliseconds /= 1000;
  WriteDigits(text + 18, milliseconds % 60, 2);
  WriteDigits(text + 15, milliseconds / 60 % 60, 2);
  WriteDigits(text + 12, milliseconds / 3600, 2);
  Separate();
  out_.append(text, sizeof(text) - 1);
}

}  // namespace freshet::net
