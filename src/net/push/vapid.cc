#include "net/push/vapid.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "net/auth/jwt.h"

namespace freshet::net {
namespace {

// At most 24 hours (RFC 8292 section 2); less, lest clocks differ.
constexpr std::chrono::hours kLifetime{12};

}  // namespace

Vapid::Vapid(SigningKey key, std::string contact)
    : key_(std::move(key)),
      contact_(std::move(contact)),
      public_key_(EncodeBase64Url(key_.verification().Point())) {}

Result<Vapid> Vapid::Create(SigningKey key, std::string contact) {
  if (key.verification().algorithm() != JwsAlgorithm::kEs256) {
    return Invalid("the key of Web Push is one of P-256", "invalid_key");
  }
  return Vapid(std::move(key), std::move(contact));
}

std::string Vapid::Authorization(std::string_view origin, Timestamp now) const {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + kLifetime);
  const std::string claims = fmt::format(R"({{"aud":{},"exp":{},"sub":{}}})", QuoteText(origin),
                                         expires.time_since_epoch().count(), QuoteText(contact_));
  return fmt::format("vapid t={}, k={}", SignJws(key_, "JWT", claims), public_key_);
}

}  // namespace freshet::net
