#include "net/api/cursor.h"

#include <stdexcept>

#include "base/bytes.h"

namespace freshet::net {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kTagBytes = 12;
constexpr std::size_t kLeastKeyBytes = 16;
constexpr std::size_t kLongestText = 4'096;

void AppendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Takes one integer from the front; false when it is cut off, too large, or longer than need be.
bool TakeVarint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    const std::uint64_t part = byte & 0x7f;
    if (part << shift >> shift != part) return false;
    value |= part << shift;
    if (byte < 0x80) return byte != 0 || shift == 0;
  }
  return false;
}

}  // namespace

CursorCodec::CursorCodec(Secret key) : key_(std::move(key)) {
  if (key_.Reveal().size() < kLeastKeyBytes) {
    throw std::invalid_argument("the key of cursors must have at least 16 bytes");
  }
}

std::string CursorCodec::Tag(std::string_view kind, std::string_view payload) const {
  std::string signed_bytes(kind);
  signed_bytes += '\0';
  signed_bytes += payload;
  return std::string(AsBytes(HmacSha256(key_.Reveal(), signed_bytes)).substr(0, kTagBytes));
}

std::string CursorCodec::Encode(std::string_view kind,
                                std::span<const std::uint64_t> values) const {
  if (values.size() > kMostValues) throw std::invalid_argument("a cursor has at most 256 values");
  std::string payload(1, kVersion);
  for (const std::uint64_t value : values) AppendVarint(payload, value);
  return EncodeBase64Url(payload + Tag(kind, payload));
}

Result<std::vector<std::uint64_t>> CursorCodec::Decode(std::string_view kind,
                                                       std::string_view text) const {
  const auto refuse = [] {
    return InvalidField("cursor", "invalid_cursor",
                        "This is no cursor of this list; start without one.");
  };
  if (text.size() > kLongestText) return refuse();
  const auto bytes = DecodeBase64Url(text);
  if (!bytes || bytes->size() < 1 + kTagBytes) return refuse();
  std::string_view payload = std::string_view(*bytes).substr(0, bytes->size() - kTagBytes);
  const std::string_view tag = std::string_view(*bytes).substr(payload.size());
  if (!EqualInConstantTime(tag, Tag(kind, payload)) || payload.front() != kVersion) {
    return refuse();
  }
  payload.remove_prefix(1);
  std::vector<std::uint64_t> values;
  while (!payload.empty()) {
    if (values.size() == kMostValues || !TakeVarint(payload, values.emplace_back())) {
      return refuse();
    }
  }
  return values;
}

}  // namespace freshet::net
