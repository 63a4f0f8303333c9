// What a token may be used for, and how often a route may be called.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"

namespace freshet::net {

// What a route asks of its caller. kPublic asks nothing; the others are scopes of a token, and none
// contains another: an administrator's token says "read write admin".
enum class Scope : std::uint8_t { kPublic, kRead, kWrite, kAdmin };

// Which bucket a call is taken from (net/api/rate_limiter.h).
enum class RateClass : std::uint8_t { kNone, kRead, kWrite, kPublish, kReact, kSignIn, kAdmin };
inline constexpr std::size_t kRateClasses = 7;

// A set of scopes. kPublic is in every set.
class Scopes {
 public:
  constexpr Scopes() = default;
  constexpr Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) Add(scope);
  }
  // From OAuth's form, "read write" (RFC 6749 section 3.3). Words that are no scope of freshet's
  // are passed over: another issuer's token may carry its own.
  static Scopes Parse(std::string_view text);

  constexpr void Add(Scope scope) { bits_ |= Bit(scope); }
  constexpr bool Has(Scope scope) const { return (bits_ & Bit(scope)) != 0; }
  constexpr bool Contains(Scopes other) const { return (other.bits_ & ~bits_) == 0; }
  // OAuth's form, in the order of the enumeration.
  std::string ToString() const;

  constexpr bool operator==(const Scopes&) const = default;

 private:
  static constexpr std::uint8_t Bit(Scope scope) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope));
  }
  std::uint8_t bits_ = Bit(Scope::kPublic);
};

}  // namespace freshet::net

template <>
struct freshet::Enumerators<freshet::net::Scope> {
  using enum freshet::net::Scope;
  static constexpr std::array kNames{std::pair{kPublic, "public"}, std::pair{kRead, "read"},
                                     std::pair{kWrite, "write"}, std::pair{kAdmin, "admin"}};
};

template <>
struct freshet::Enumerators<freshet::net::RateClass> {
  using enum freshet::net::RateClass;
  static constexpr std::array kNames{std::pair{kNone, "none"},   std::pair{kRead, "read"},
                                     std::pair{kWrite, "write"}, std::pair{kPublish, "publish"},
                                     std::pair{kReact, "react"}, std::pair{kSignIn, "sign_in"},
                                     std::pair{kAdmin, "admin"}};
};
