// How an application server tells push services who it is (RFC 8292).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/auth/signature_key.h"

namespace freshet::net {

// Thread-safe.
class Vapid {
 public:
  // `contact` is a mailto: or https: URI under which the push service finds whoever operates this
  // installation. Errors: kInvalid (the key is not one of P-256).
  static Result<Vapid> Create(SigningKey key, std::string contact);

  // What browsers subscribe with (applicationServerKey), in base64url.
  const std::string& public_key() const { return public_key_; }
  // The Authorization header field for a push service at `origin` ("https://push.example").
  std::string Authorization(std::string_view origin, Timestamp now) const;

 private:
  Vapid(SigningKey key, std::string contact);

  SigningKey key_;
  std::string contact_;
  std::string public_key_;
};

}  // namespace freshet::net
