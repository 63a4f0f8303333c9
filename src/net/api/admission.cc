#include "net/api/admission.h"

#include <fmt/format.h>

#include "net/http/header_values.h"

namespace freshet::net {
namespace {

constexpr std::string_view kChallenge = "Bearer realm=\"freshet\"";

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

}  // namespace

Awaitable<Result<>> Admission::Admit(const RouteInfo& route, const Request& request, Caller& caller,
                                     HeaderFields& headers) {
  const Result<> identified = co_await Identify(request, caller, headers);
  CO_RETURN_IF_ERROR(Limit(route.rate_class, caller, headers));
  if (!identified) co_return identified;
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

Awaitable<Result<>> Admission::Identify(const Request& request, Caller& caller,
                                        HeaderFields& headers) {
  if (!request.headers.Has("Authorization")) co_return Result<>();
  const std::string_view value = Trimmed(request.headers.Get("Authorization"));
  const std::size_t space = std::min(value.find(' '), value.size());
  const std::string_view token = Trimmed(value.substr(space));
  if (!EqualsIgnoringCase(value.substr(0, space), "Bearer") || !IsBearerToken(token)) {
    headers.Set("WWW-Authenticate", fmt::format("{}, error=\"invalid_request\"", kChallenge));
    co_return Unauthenticated("Authorization must be \"Bearer\" and a token.",
                              "invalid_authorization");
  }
  auto identity = co_await authenticator_.Authenticate(token, caller.deadline);
  if (identity) {
    caller.account = identity->account;
    caller.scopes = identity->scopes;
    caller.session = identity->session;
    caller.token_expires_at = identity->expires_at;
    co_return Result<>();
  }
  if (identity.error().kind() == ErrorKind::kUnauthenticated) {
    headers.Set("WWW-Authenticate",
                fmt::format("{}, error=\"invalid_token\", error_description=\"{}\"", kChallenge,
                            Quotable(identity.error().message())));
  }
  co_return std::unexpected(std::move(identity).error());
}

Result<> Admission::Limit(RateClass rate_class, const Caller& caller, HeaderFields& headers) {
  const RateLimitDecision decision =
      rate_limiter_.Admit(rate_class, caller.account, caller.remote_address);
  decision.AddHeaders(headers);
  if (decision.admitted) return {};
  return Failure(Error(ErrorKind::kExhausted, "Too many requests. Retry-After says when to go on.",
                       "rate_limited")
                     .WithRetryAfter(decision.retry_after));
}

}  // namespace freshet::net
