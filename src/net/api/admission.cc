#include "net/api/admission.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace freshet::net {
namespace {

constexpr std::string_view kChallenge = "Bearer realm=\"freshet\"";
constexpr std::string_view kNoBearerToken = "invalid_authorization";

// For a quoted string in a header field: visible ASCII and spaces, without quotes.
std::string Quotable(std::string_view text) {
  std::string quotable;
  for (const char c : text) {
    quotable += c >= ' ' && c < 0x7f && c != '"' && c != '\\' ? c : ' ';
  }
  return quotable;
}

// The characters that RFC 6750 section 2.1 allows a token.
bool IsBearerToken(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-._~+/=").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Result<std::string_view> BearerTokenOf(std::string_view authorization) {
  authorization = Trimmed(authorization);
  const std::size_t space = std::min(authorization.find(' '), authorization.size());
  const std::string_view token = Trimmed(authorization.substr(space));
  if (!EqualsIgnoringCase(authorization.substr(0, space), "Bearer") || !IsBearerToken(token)) {
    return Unauthenticated("Authorization must be \"Bearer\" and a token.", kNoBearerToken);
  }
  return token;
}

std::string Challenge(const Error& error) {
  if (error.code() == kNoBearerToken)
    return fmt::format("{}, error=\"invalid_request\"", kChallenge);
  return fmt::format("{}, error=\"invalid_token\", error_description=\"{}\"", kChallenge,
                     Quotable(error.message()));
}

Result<> Obey(const RateLimitDecision& decision, HeaderFields& headers) {
  decision.AddHeaders(headers);
  if (decision.admitted) return {};
  return Failure(Error(ErrorKind::kExhausted, "Too many requests. Retry-After says when to go on.",
                       "rate_limited")
                     .WithRetryAfter(decision.retry_after));
}

}  // namespace

Awaitable<Result<>> Admission::Admit(const RouteInfo& route, const Request& request, Caller& caller,
                                     HeaderFields& headers) {
  if (request.headers.Has("Authorization")) {
    CO_RETURN_IF_ERROR(co_await Identify(route.rate_class, request, caller, headers));
  }
  CO_RETURN_IF_ERROR(
      Obey(rate_limiter_.Admit(route.rate_class, caller.account, caller.remote_address), headers));
  if (caller.scopes.Has(route.scope)) co_return Result<>();
  const std::string_view scope = NameOf(route.scope);
  if (!caller.signed_in()) {
    headers.Set("WWW-Authenticate", fmt::format("{}, scope=\"{}\"", kChallenge, scope));
    co_return Unauthenticated("Sign in first: this needs Authorization: Bearer and a token.");
  }
  headers.Set("WWW-Authenticate",
              fmt::format("{}, error=\"insufficient_scope\", scope=\"{}\"", kChallenge, scope));
  co_return Forbidden(fmt::format("The token lacks the scope \"{}\".", scope), "missing_scope");
}

Awaitable<Result<>> Admission::Identify(RateClass rate_class, const Request& request,
                                        Caller& caller, HeaderFields& headers) {
  const auto token = BearerTokenOf(request.headers.Get("Authorization"));
  std::optional<Result<Identity>> identity;
  if (token) identity = authenticator_.Recall(*token);
  if (!identity) {
    // First, so that who is refused anyway does not cost a verification.
    const auto decision = rate_limiter_.AdmitToken(rate_class, caller.remote_address);
    if (!decision.admitted) co_return Obey(decision, headers);
    if (token) {
      identity = co_await authenticator_.Authenticate(*token, caller.deadline);
    } else {
      identity = std::unexpected(token.error());
    }
  }
  if (!*identity) {
    const Error& error = identity->error();
    CO_RETURN_IF_ERROR(
        Obey(rate_limiter_.ChargeBadToken(rate_class, caller.remote_address), headers));
    if (error.kind() == ErrorKind::kUnauthenticated) {
      headers.Set("WWW-Authenticate", Challenge(error));
    }
    co_return std::unexpected(error);
  }
  caller.account = (*identity)->account;
  caller.scopes = (*identity)->scopes;
  caller.session = (*identity)->session;
  caller.token_expires_at = (*identity)->expires_at;
  co_return Result<>();
}

}  // namespace freshet::net
