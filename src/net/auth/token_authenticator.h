// Access tokens: how they are issued, and whom they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/metrics.h"
#include "net/api/authenticator.h"
#include "net/auth/jwt.h"
#include "net/auth/keys.h"
#include "net/auth/oidc.h"
#include "net/auth/session_revocations.h"
#include "net/auth/verified_tokens.h"

namespace freshet::net {

struct TokenOptions {
  std::string issuer = "freshet";
  std::string audience = "freshet";
  std::int64_t cache_bytes = std::int64_t{64} << 20;
  Duration foreign_cache{std::chrono::minutes(5)};

  static constexpr auto Describe() {
    return Description(
        "tokens", "Access tokens.",
        Field("issuer", &TokenOptions::issuer)
            .Length(1, 500)
            .Doc("The iss of own tokens; the installation's public URL is a good one."),
        Field("audience", &TokenOptions::audience).Length(1, 500).Doc("The aud of own tokens."),
        Field("cache_bytes", &TokenOptions::cache_bytes)
            .Range(0, 1.1e12)
            .Unit("bytes")
            .Doc("Memory for tokens that were verified; about 700 bytes each."),
        Field("foreign_cache", &TokenOptions::foreign_cache)
            .Range(0, 8.64e7)
            .Unit("ms")
            .Doc("How long another issuer's token counts as verified without looking again."));
  }
};

struct AccessToken {
  std::string token;
  Timestamp expires_at;
};

// Signs own access tokens. Thread-safe.
class TokenIssuer {
 public:
  // `keys` must outlive it.
  TokenIssuer(TokenOptions options, SigningKeys& keys, const Clock& clock);

  Duration longest_token() const { return keys_.longest_token(); }
  // Errors: kInvalid (`ttl` is under a second or over SigningKeys' longest_token).
  Result<AccessToken> IssueAccess(AccountId account, std::uint64_t session, Scopes scopes,
                                  Duration ttl) const;

 private:
  const TokenOptions options_;
  SigningKeys& keys_;
  const Clock& clock_;
};

// What a TokenAuthenticator asks. All must outlive it.
struct TokenAuthorities {
  SigningKeys& keys;
  const SessionRevocations& revocations;
  OidcIssuers* issuers = nullptr;        // null: no other issuer's tokens are accepted
  ExternalAccounts* accounts = nullptr;  // needed with issuers
};

// Verifies own tokens with own keys and foreign ones with their issuer's. A verified token is
// remembered until it expires, so that it costs one look-up the next time; whether its session was
// revoked is asked every time. Thread-safe.
// The codes of kUnauthenticated: token_malformed, token_forged, token_expired, token_not_yet_valid,
// token_wrong_issuer, token_wrong_audience, token_unknown_key, token_revoked, token_no_account.
class TokenAuthenticator final : public Authenticator {
 public:
  TokenAuthenticator(TokenOptions options, TokenAuthorities authorities, const Clock& clock,
                     Metrics& metrics);

  std::optional<Result<Identity>> Recall(std::string_view bearer_token) override;
  Awaitable<Result<Identity>> Authenticate(std::string_view bearer_token,
                                           Deadline deadline) override;

 private:
  struct Verified {
    Identity identity;
    Timestamp until;  // may be remembered
  };
  Result<Identity> Admit(const Identity& identity) const;
  Awaitable<Result<Verified>> Verify(std::string_view token, Deadline deadline) const;
  Result<Verified> VerifyOwn(const Jws& jws, const JwtClaims& claims, Timestamp now) const;
  Awaitable<Result<Verified>> VerifyForeign(const OidcIssuer& issuer, const Jws& jws,
                                            const JwtClaims& claims, Deadline deadline) const;

  const TokenOptions options_;
  const TokenAuthorities authorities_;
  const Clock& clock_;
  VerifiedTokens verified_;
  Counter cached_;
  Counter fresh_;
  Counter refused_;
};

}  // namespace freshet::net
