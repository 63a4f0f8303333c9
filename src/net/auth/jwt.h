// JSON Web Tokens in the compact form (RFC 7519, RFC 7515), with the restrictions of RFC 8725.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/auth/signature_key.h"

namespace freshet::net {

inline constexpr std::size_t kMaxTokenBytes = std::size_t{8} << 10;
// How far two machines' clocks may differ.
inline constexpr Duration kClockLeeway{30'000};

// A compact JWS, taken apart but not verified: believe nothing in it before VerifyJws.
struct Jws {
  JwsAlgorithm algorithm = JwsAlgorithm::kEdDsa;
  std::string key_id = {};  // empty when the header has none
  std::string type = {};    // "typ", likewise
  std::string payload = {};
  std::string signature = {};
  std::string_view signed_part = {};  // of the token that was parsed
};

// The result points into `token`. Errors: kUnauthenticated with the code token_malformed: not three
// parts of strict base64url, over kMaxTokenBytes, a header that is no JSON object, names no
// accepted algorithm ("none" is none) or has `crit`.
Result<Jws> ParseJws(std::string_view token);
// Errors: kUnauthenticated with the code token_forged: the signature is not this key's, or the
// token's algorithm is not the one that the key is for.
Result<> VerifyJws(const Jws& jws, const VerificationKey& key);
// With alg, kid and typ in the header.
std::string SignJws(const SigningKey& key, std::string_view type, std::string_view payload);

struct JwtClaims {
  std::string issuer;
  std::string subject;
  std::vector<std::string> audience;
  std::string scopes;   // "scope", separated by spaces
  std::string session;  // "sid"
  std::optional<Timestamp> issued_at;
  Timestamp expires_at;
  std::optional<Timestamp> not_before;
  std::string id;  // "jti"

  bool operator==(const JwtClaims&) const = default;
};

// Members that are absent become empty; unknown ones are passed over. Errors: kUnauthenticated with
// the code token_malformed: no JSON object, nested more than 16 deep, a member of the wrong type,
// no `exp`.
Result<JwtClaims> ParseClaims(std::string_view json);
// Times are cut to seconds.
std::string RenderClaims(const JwtClaims& claims);

struct JwtExpectations {
  std::string_view issuer;
  std::string_view audience;  // must be among the token's
};

// Whether the claims hold now, give or take kClockLeeway. Errors: kUnauthenticated with the code
// token_expired, token_not_yet_valid, token_wrong_issuer or token_wrong_audience.
Result<> CheckClaims(const JwtClaims& claims, const JwtExpectations& expected, Timestamp now);

// All of the above for one key.
Result<JwtClaims> VerifyJwt(std::string_view token, const VerificationKey& key,
                            const JwtExpectations& expected, Timestamp now);
std::string SignJwt(const SigningKey& key, std::string_view type, const JwtClaims& claims);

}  // namespace freshet::net
