#include "net/auth/token_authenticator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace freshet::net {
namespace {

// RFC 9068: keeps access tokens apart from whatever else the keys may sign.
constexpr std::string_view kAccessTokenType = "at+jwt";
constexpr std::size_t kTokenIdBytes = 16;

Failure Malformed(std::string_view why) {
  return Unauthenticated(fmt::format("the token is malformed: {}", why), "token_malformed");
}

// What a foreign token may do: what its issuer is trusted with, less when it names some itself.
Scopes Narrow(Scopes most, Scopes named) {
  if (named == Scopes()) return most;
  Scopes both;
  for (const Scope scope : {Scope::kRead, Scope::kWrite, Scope::kAdmin}) {
    if (most.Has(scope) && named.Has(scope)) both.Add(scope);
  }
  return both;
}

// A token that belongs to no session of ours is one by itself, so that it can be ended like any.
// Above all ids that are made. Not by the signature, which has more than one valid form.
std::uint64_t SessionOfItsOwn(const Jws& jws) {
  const Sha256Digest digest = Sha256(jws.signed_part);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return (number >> 2) | (std::uint64_t{1} << 62);
}

}  // namespace

TokenIssuer::TokenIssuer(TokenOptions options, SigningKeys& keys, const Clock& clock)
    : options_(std::move(options)), keys_(keys), clock_(clock) {}

Result<AccessToken> TokenIssuer::IssueAccess(AccountId account, std::uint64_t session,
                                             Scopes scopes, Duration ttl) const {
  if (ttl < std::chrono::seconds(1) || ttl > keys_.longest_token()) {
    return Invalid(
        fmt::format(
            "a token is valid for 1 s to {} s",
            std::chrono::duration_cast<std::chrono::seconds>(keys_.longest_token()).count()),
        "invalid_ttl");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.Now());
  JwtClaims claims;
  claims.issuer = options_.issuer;
  claims.subject = std::to_string(account.value);
  claims.audience = {options_.audience};
  claims.scopes = scopes.ToString();
  if (session != 0) claims.session = std::to_string(session);
  claims.issued_at = now;
  claims.expires_at = std::chrono::floor<std::chrono::seconds>(now + ttl);
  claims.id = EncodeBase64Url(RandomBytes(kTokenIdBytes));
  return AccessToken{SignJwt(*keys_.Current(), kAccessTokenType, claims), claims.expires_at};
}

TokenAuthenticator::TokenAuthenticator(TokenOptions options, TokenAuthorities authorities,
                                       const Clock& clock, Metrics& metrics)
    : options_(std::move(options)),
      authorities_(authorities),
      clock_(clock),
      verified_(static_cast<std::size_t>(options_.cache_bytes)),
      cached_(metrics.GetCounter("freshet_auth_tokens_total",
                                 "Bearer tokens by what became of them", {{"outcome", "cached"}})),
      fresh_(metrics.GetCounter("freshet_auth_tokens_total", "Bearer tokens by what became of them",
                                {{"outcome", "verified"}})),
      refused_(metrics.GetCounter("freshet_auth_tokens_total",
                                  "Bearer tokens by what became of them",
                                  {{"outcome", "refused"}})) {}

std::optional<Result<Identity>> TokenAuthenticator::Recall(std::string_view bearer_token) {
  const auto known = verified_.Find(bearer_token, clock_.Now());
  if (!known) return std::nullopt;
  auto admitted = Admit(*known);
  (admitted ? cached_ : refused_).Add();
  return admitted;
}

Awaitable<Result<Identity>> TokenAuthenticator::Authenticate(std::string_view bearer_token,
                                                             Deadline deadline) {
  if (auto known = Recall(bearer_token)) co_return *std::move(known);
  if (deadline.Expired(clock_)) co_return DeadlineExceeded("no time is left to verify the token");
  auto verified = co_await Verify(bearer_token, deadline);
  if (!verified) {
    refused_.Add();
    co_return Failure(std::move(verified).error());
  }
  verified_.Put(bearer_token, verified->identity, verified->until);
  auto admitted = Admit(verified->identity);
  (admitted ? fresh_ : refused_).Add();
  co_return admitted;
}

Result<Identity> TokenAuthenticator::Admit(const Identity& identity) const {
  if (authorities_.revocations.IsRevoked(identity.session)) {
    return Unauthenticated("the session was ended; sign in again", "token_revoked");
  }
  // No account has the id of a session.
  if (authorities_.revocations.IsRevoked(identity.account.value)) {
    return Unauthenticated("the account was erased", "token_revoked");
  }
  return identity;
}

Awaitable<Result<TokenAuthenticator::Verified>> TokenAuthenticator::Verify(
    std::string_view token, Deadline deadline) const {
  CO_ASSIGN_OR_RETURN(const Jws jws, ParseJws(token));
  CO_ASSIGN_OR_RETURN(const JwtClaims claims, ParseClaims(jws.payload));
  if (claims.issuer == options_.issuer) co_return VerifyOwn(jws, claims, clock_.Now());
  const OidcIssuer* issuer =
      authorities_.issuers != nullptr ? authorities_.issuers->Find(claims.issuer) : nullptr;
  if (issuer == nullptr || authorities_.accounts == nullptr) {
    co_return Unauthenticated("the token is another issuer's", "token_wrong_issuer");
  }
  co_return co_await VerifyForeign(*issuer, jws, claims, deadline);
}

Result<TokenAuthenticator::Verified> TokenAuthenticator::VerifyOwn(const Jws& jws,
                                                                   const JwtClaims& claims,
                                                                   Timestamp now) const {
  const auto key = authorities_.keys.Find(jws.key_id);
  if (!key) return Unauthenticated("the token's key is not known", "token_unknown_key");
  RETURN_IF_ERROR(VerifyJws(jws, *key));
  RETURN_IF_ERROR(CheckClaims(claims, {options_.issuer, options_.audience}, now));
  if (jws.type != kAccessTokenType) return Malformed("it is no access token");
  Identity identity;
  const auto account = ParseId(claims.subject);
  if (!account) return Malformed("its subject is no account");
  identity.account = AccountId{*account};
  identity.session = SessionOfItsOwn(jws);
  if (!claims.session.empty()) {
    const auto session = ParseId(claims.session);
    if (!session) return Malformed("its session is none");
    identity.session = *session;
  }
  identity.scopes = Scopes::Parse(claims.scopes);
  identity.expires_at = claims.expires_at;
  return Verified{identity, claims.expires_at + kClockLeeway};
}

Awaitable<Result<TokenAuthenticator::Verified>> TokenAuthenticator::VerifyForeign(
    const OidcIssuer& issuer, const Jws& jws, const JwtClaims& claims, Deadline deadline) const {
  // Cheap checks come first, so that an expired token costs no fetch.
  CO_RETURN_IF_ERROR(CheckClaims(claims, {issuer.issuer, issuer.audience}, clock_.Now()));
  CO_ASSIGN_OR_RETURN(const auto key, co_await authorities_.issuers->KeyFor(issuer, jws, deadline));
  CO_RETURN_IF_ERROR(VerifyJws(jws, key));
  if (claims.subject.empty()) co_return Malformed("it has no subject");
  auto account = co_await authorities_.accounts->AccountOf(issuer.issuer, claims.subject, deadline);
  if (!account && account.error().kind() == ErrorKind::kNotFound) {
    co_return Unauthenticated("no account is linked to this sign-in", "token_no_account");
  }
  if (!account) co_return Failure(std::move(account).error());
  Identity identity;
  identity.account = *account;
  identity.session = SessionOfItsOwn(jws);
  identity.scopes = Narrow(authorities_.issuers->scopes(), Scopes::Parse(claims.scopes));
  identity.expires_at = claims.expires_at;
  co_return Verified{
      identity, std::min(claims.expires_at + kClockLeeway, clock_.Now() + options_.foreign_cache)};
}

}  // namespace freshet::net
