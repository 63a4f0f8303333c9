#include "net/auth/refresh_token.h"

namespace freshet::net {
namespace {
constexpr std::string_view kPrefix = "fr_";
constexpr std::size_t kRandomBytes = 32;
}  // namespace

Secret NewRefreshToken() {
  return Secret(std::string(kPrefix) + EncodeBase64Url(RandomBytes(kRandomBytes)));
}

Result<Sha256Digest> HashRefreshToken(std::string_view token) {
  const bool prefixed = token.starts_with(kPrefix);
  const auto bytes = DecodeBase64Url(prefixed ? token.substr(kPrefix.size()) : "");
  if (!prefixed || !bytes || bytes->size() != kRandomBytes) {
    return Unauthenticated("this is no refresh token", "token_malformed");
  }
  return Sha256(token);
}

}  // namespace freshet::net
