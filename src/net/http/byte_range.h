// The Range header (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace freshet::net {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  bool operator==(const ByteRange&) const = default;
};

enum class RangeVerdict {
  kWhole,          // no range, a malformed one, another unit, or several: the whole is the answer
  kPart,           // 206
  kUnsatisfiable,  // 416
};

// What a Range value asks of a representation of `size` bytes. `range` is set for kPart.
RangeVerdict ParseRange(std::string_view value, std::uint64_t size, ByteRange& range);

}  // namespace freshet::net
