// Cross-origin calls from browsers (WHATWG Fetch, "HTTP-network-or-cache fetch"; CORS protocol).
#pragma once

#include <string>
#include <vector>

#include "net/http/message.h"

namespace freshet::net {

class CrossOrigin {
 public:
  // No origins: the server says nothing about CORS and preflights reach the service.
  explicit CrossOrigin(std::vector<std::string> origins);

  bool enabled() const { return any_ || !origins_.empty(); }
  // The value of Access-Control-Allow-Origin for a page of this origin; empty when it may not call.
  std::string Allow(std::string_view origin) const;
  // The answer to a preflight; without Access-Control-* fields when the origin may not call.
  Response Preflight(const Request& request) const;
  static bool IsPreflight(const Request& request);

 private:
  bool any_ = false;
  std::vector<std::string> origins_;
};

// What a page may read of an answer besides the body.
inline constexpr std::string_view kExposedHeaders =
    "Link, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, ETag, "
    "Idempotency-Key";

}  // namespace freshet::net
