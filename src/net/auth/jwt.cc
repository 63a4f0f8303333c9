#include "net/auth/jwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "base/bytes.h"

namespace freshet::net {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 16;
constexpr double kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z

Failure Malformed(std::string_view why) {
  return Unauthenticated(fmt::format("the token is malformed: {}", why), "token_malformed");
}

Result<json::object> ParseObject(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return Malformed("a part is no JSON object");
  return std::move(value.get_object());
}

// The member as text; empty when it is absent.
Result<std::string> Text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::string();
  const json::string* text = value->if_string();
  if (text == nullptr) return Malformed(fmt::format("{} is no string", name));
  return std::string(text->data(), text->size());
}

// A NumericDate (RFC 7519 section 2): seconds since the epoch, perhaps with a fraction.
Result<std::optional<Timestamp>> Date(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return Malformed(fmt::format("{} is no number", name));
  const double seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds <= kLastSecond)) {
    return Malformed(fmt::format("{} is out of range", name));
  }
  return Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1'000)));
}

Result<std::vector<std::string>> Audience(const json::object& object) {
  const json::value* value = object.if_contains("aud");
  if (value == nullptr) return std::vector<std::string>();
  const json::array* list = value->if_array();
  if (list == nullptr) {
    ASSIGN_OR_RETURN(std::string one, Text(object, "aud"));
    return std::vector<std::string>{std::move(one)};
  }
  std::vector<std::string> audience;
  for (const json::value& member : *list) {
    if (!member.is_string()) return Malformed("aud holds something else than strings");
    audience.emplace_back(member.get_string());
  }
  return audience;
}

std::int64_t Seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

Result<Jws> ParseJws(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return Malformed("it is too long");
  const auto first = token.find('.'), last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) {
    return Malformed("it does not have three parts");
  }
  const auto decode = [](std::string_view part) -> Result<std::string> {
    auto bytes = DecodeBase64Url(part);
    if (!bytes || bytes->empty()) return Malformed("a part is not base64url");
    return bytes;
  };
  Jws jws{.signed_part = token.substr(0, last)};
  ASSIGN_OR_RETURN(const std::string head, decode(token.substr(0, first)));
  ASSIGN_OR_RETURN(jws.payload, decode(token.substr(first + 1, last - first - 1)));
  ASSIGN_OR_RETURN(jws.signature, decode(token.substr(last + 1)));
  ASSIGN_OR_RETURN(const json::object header, ParseObject(head));
  if (header.contains("crit")) return Malformed("it has critical extensions");
  ASSIGN_OR_RETURN(const std::string algorithm, Text(header, "alg"));
  const auto known = EnumNamed<JwsAlgorithm>(algorithm);
  if (!known) return Malformed("its algorithm is not accepted");
  jws.algorithm = *known;
  ASSIGN_OR_RETURN(jws.key_id, Text(header, "kid"));
  ASSIGN_OR_RETURN(jws.type, Text(header, "typ"));
  return jws;
}

Result<> VerifyJws(const Jws& jws, const VerificationKey& key) {
  if (jws.algorithm != key.algorithm() || !key.Verify(jws.signed_part, jws.signature)) {
    return Unauthenticated("the token's signature is not valid", "token_forged");
  }
  return {};
}

std::string SignJws(const SigningKey& key, std::string_view type, std::string_view payload) {
  const json::object header{
      {"alg", NameOf(key.verification().algorithm())}, {"kid", key.id()}, {"typ", type}};
  std::string token = EncodeBase64Url(json::serialize(header));
  token += '.';
  token += EncodeBase64Url(payload);
  const std::string signature = EncodeBase64Url(key.Sign(token));
  token += '.';
  return token + signature;
}

Result<JwtClaims> ParseClaims(std::string_view text) {
  ASSIGN_OR_RETURN(const json::object object, ParseObject(text));
  JwtClaims claims;
  ASSIGN_OR_RETURN(claims.issuer, Text(object, "iss"));
  ASSIGN_OR_RETURN(claims.subject, Text(object, "sub"));
  ASSIGN_OR_RETURN(claims.audience, Audience(object));
  ASSIGN_OR_RETURN(claims.scopes, Text(object, "scope"));
  ASSIGN_OR_RETURN(claims.session, Text(object, "sid"));
  ASSIGN_OR_RETURN(claims.id, Text(object, "jti"));
  ASSIGN_OR_RETURN(claims.issued_at, Date(object, "iat"));
  ASSIGN_OR_RETURN(claims.not_before, Date(object, "nbf"));
  ASSIGN_OR_RETURN(const auto expires_at, Date(object, "exp"));
  if (!expires_at) return Malformed("it has no exp");
  claims.expires_at = *expires_at;
  return claims;
}

std::string RenderClaims(const JwtClaims& claims) {
  json::object object;
  const auto put = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) object[name] = value;
  };
  put("iss", claims.issuer);
  put("sub", claims.subject);
  if (claims.audience.size() == 1) {
    object["aud"] = claims.audience.front();
  } else if (!claims.audience.empty()) {
    object["aud"] = json::array(claims.audience.begin(), claims.audience.end());
  }
  put("scope", claims.scopes);
  put("sid", claims.session);
  if (claims.issued_at) object["iat"] = Seconds(*claims.issued_at);
  object["exp"] = Seconds(claims.expires_at);
  if (claims.not_before) object["nbf"] = Seconds(*claims.not_before);
  put("jti", claims.id);
  return json::serialize(object);
}

Result<> CheckClaims(const JwtClaims& claims, const JwtExpectations& expected, Timestamp now) {
  if (claims.issuer != expected.issuer) {
    return Unauthenticated("the token is another issuer's", "token_wrong_issuer");
  }
  if (std::ranges::find(claims.audience, expected.audience) == claims.audience.end()) {
    return Unauthenticated("the token is meant for another service", "token_wrong_audience");
  }
  if (now >= claims.expires_at + kClockLeeway) {
    return Unauthenticated("the token has expired; get a new one", "token_expired");
  }
  if (claims.not_before && now + kClockLeeway < *claims.not_before) {
    return Unauthenticated("the token is not valid yet", "token_not_yet_valid");
  }
  return {};
}

Result<JwtClaims> VerifyJwt(std::string_view token, const VerificationKey& key,
                            const JwtExpectations& expected, Timestamp now) {
  ASSIGN_OR_RETURN(const Jws jws, ParseJws(token));
  RETURN_IF_ERROR(VerifyJws(jws, key));
  ASSIGN_OR_RETURN(JwtClaims claims, ParseClaims(jws.payload));
  RETURN_IF_ERROR(CheckClaims(claims, expected, now));
  return claims;
}

std::string SignJwt(const SigningKey& key, std::string_view type, const JwtClaims& claims) {
  return SignJws(key, type, RenderClaims(claims));
}

}  // namespace freshet::net
