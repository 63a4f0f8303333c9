// Opaque, signed positions in lists.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace freshet::net {

// A cursor is base64url of: a version byte (1), up to kMostValues unsigned LEB128 integers, and the
// first 12 bytes of HMAC-SHA256 over the kind of list, a zero byte, and what comes before. Cursors
// stay good as long as the key. Thread-safe.
class CursorCodec {
 public:
  static constexpr std::size_t kMostValues = 256;

  // `key`: at least 16 bytes that nobody else knows.
  explicit CursorCodec(Secret key);

  // `kind` names the list and what it depends on ("posts of 7214501938012160"), so that a cursor of
  // one list is no cursor of another.
  std::string Encode(std::string_view kind, std::span<const std::uint64_t> values) const;
  std::string Encode(std::string_view kind, std::initializer_list<std::uint64_t> values) const {
    return Encode(kind, std::span(values.begin(), values.size()));
  }

  // The values, as many as were encoded. Errors: kInvalid with the field "cursor" (forged,
  // truncated, of another list).
  Result<std::vector<std::uint64_t>> Decode(std::string_view kind, std::string_view text) const;

 private:
  std::string Tag(std::string_view kind, std::string_view payload) const;

  const Secret key_;
};

}  // namespace freshet::net
