// Byte strings as text, digests, and randomness that cannot be guessed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_md_ctx_st;

namespace freshet {

// RFC 4648 section 5, without padding.
std::string EncodeBase64Url(std::string_view bytes);
// Errors: kInvalid (foreign characters, padding, impossible length, unused bits that are not zero).
Result<std::string> DecodeBase64Url(std::string_view text);
std::string EncodeHex(std::string_view bytes);

using Sha256Digest = std::array<char, 32>;
Sha256Digest Sha256(std::string_view bytes);
// The digest of bytes that come piece by piece.
class Sha256Stream {
 public:
  Sha256Stream();
  void Add(std::string_view bytes);
  // Call once, last.
  Sha256Digest Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Sha256Digest HmacSha256(std::string_view key, std::string_view bytes);
inline std::string_view AsBytes(const Sha256Digest& digest) {
  return {digest.data(), digest.size()};
}

// Takes the same time wherever the first difference is.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// `count` bytes from the operating system's generator.
std::string RandomBytes(std::size_t count);

}  // namespace freshet
