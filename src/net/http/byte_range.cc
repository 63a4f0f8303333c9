#include "net/http/byte_range.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace freshet::net {
namespace {

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

RangeVerdict ParseRange(std::string_view value, std::uint64_t size, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (value.size() < kUnit.size() || !EqualsIgnoringCase(value.substr(0, kUnit.size()), kUnit))
    return RangeVerdict::kWhole;
  const auto spec = Trimmed(value.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.contains(',')) return RangeVerdict::kWhole;
  const auto first = ParseNumber(spec.substr(0, dash));
  const auto last = ParseNumber(spec.substr(dash + 1));
  if (dash == 0) {  // the last so many bytes
    if (!last) return RangeVerdict::kWhole;
    if (*last == 0 || size == 0) return RangeVerdict::kUnsatisfiable;
    range.length = std::min(*last, size);
    range.first = size - range.length;
    return RangeVerdict::kPart;
  }
  const bool open_ended = dash + 1 == spec.size();
  if (!first || (!last && !open_ended) || (last && *last < *first)) return RangeVerdict::kWhole;
  if (*first >= size) return RangeVerdict::kUnsatisfiable;
  range.first = *first;
  range.length = (last ? std::min(*last, size - 1) : size - 1) - *first + 1;
  return RangeVerdict::kPart;
}

}  // namespace freshet::net
