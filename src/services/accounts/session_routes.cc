#include "services/accounts/routes.h"
#include "services/accounts/session_cookie.h"

namespace freshet::accounts {
namespace {

using net::Body;
using net::Caller;
using net::HeaderFields;
using net::NoContent;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Reply;
using net::Request;
using net::Scope;

constexpr std::string_view kThrottled =
    "There were too many wrong passwords for this name or from this address; Retry-After says "
    "when the next attempt is possible.";

SessionOrigin OriginOf(const Caller& caller, const Request& request) {
  return {.address = caller.remote_address,
          .user_agent = std::string(request.headers.Get("User-Agent"))};
}

constexpr std::string_view kCrossSite =
    "The request uses a cookie and does not come from a page of this server.";

Result<> CheckCookieAllowed(bool cookie, const Request& request) {
  return cookie ? CheckOwnOrigin(request) : Result<>();
}

HeaderFields MovedToCookie(Session& session, bool cookie, const Request& request,
                           AccountsService& accounts) {
  HeaderFields headers;
  if (cookie) {
    headers.Add("Set-Cookie",
                MoveToCookie(session, accounts.sessions().refresh_token_lifetime(), request));
  }
  return headers;
}

Result<std::string> PresentedToken(RefreshSession request, const Request& http) {
  if (request.refresh_token) return *std::move(request.refresh_token);
  if (request.cookie) return RefreshTokenOf(http);
  return Failure(Error::Fields({{.field = "/refresh_token",
                                 .code = "required",
                                 .message = "Must be given, unless `cookie` is true."}}));
}

void AddSignInRoutes(net::Routes& routes, AccountsService& accounts) {
  routes.Post("/v1/accounts", Scope::kPublic, RateClass::kSignIn)
      .Summary("Sign up")
      .Tag("Accounts and sessions")
      .Doc("Makes an account and signs it in.")
      .Answers<201, SignedUp>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kConflict, "username_taken", "Somebody has this name.")
      .Fails(ErrorKind::kForbidden, "cross_site", kCrossSite)
      .Handle([&accounts](const Caller& caller, Body<SignUp> request,
                          const Request& http) -> Awaitable<Result<Reply<SignedUp>>> {
        const bool cookie = request.value.cookie;
        CO_RETURN_IF_ERROR(CheckCookieAllowed(cookie, http));
        CO_ASSIGN_OR_RETURN(auto signed_up, co_await accounts.SignUpAccount(
                                                std::move(request.value), caller.operation,
                                                OriginOf(caller, http), caller.deadline));
        auto headers = MovedToCookie(signed_up.session, cookie, http, accounts);
        co_return Reply<SignedUp>{.body = std::move(signed_up), .headers = std::move(headers)};
      });
  routes.Post("/v1/sessions", Scope::kPublic, RateClass::kSignIn)
      .Summary("Sign in")
      .Tag("Accounts and sessions")
      .Doc(
          "After some wrong passwords for a name, or from an address, each further attempt has to "
          "wait twice as long as the one before.")
      .Answers<201, Session>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kUnauthenticated, "wrong_credentials", "The name or the password is wrong.")
      .Fails(ErrorKind::kExhausted, "quota_sign_in", kThrottled)
      .Fails(ErrorKind::kForbidden, "cross_site", kCrossSite)
      .Handle([&accounts](const Caller& caller, Body<SignIn> request,
                          const Request& http) -> Awaitable<Result<Reply<Session>>> {
        const bool cookie = request.value.cookie;
        CO_RETURN_IF_ERROR(CheckCookieAllowed(cookie, http));
        CO_ASSIGN_OR_RETURN(
            auto session, co_await accounts.SignInAccount(std::move(request.value),
                                                          OriginOf(caller, http), caller.deadline));
        auto headers = MovedToCookie(session, cookie, http, accounts);
        co_return Reply<Session>{.body = std::move(session), .headers = std::move(headers)};
      });
  // No guess finds a refresh token, and whoever shares an address would share the attempts.
  routes.Post("/v1/sessions/refresh", Scope::kPublic, RateClass::kWrite)
      .Summary("Trade a refresh token for a new session")
      .Tag("Accounts and sessions")
      .Doc(
          "A refresh token works once; the answer says whose session it is. When the answer was "
          "lost, it may be sent again, as long as "
          "no token that came of it was used; afterwards using it again ends its session "
          "everywhere.\n\nThe server's own page sends `cookie` and leaves `refresh_token` out: the "
          "token is then in the cookie `freshet_refresh`, which sign-up and sign-in set when they "
          "are asked to with `cookie`.")
      .Answers<201, Session>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kUnauthenticated, "invalid_refresh_token", "It was used, or has expired.")
      .Fails(ErrorKind::kUnauthenticated, "no_session_cookie", "The browser sent no cookie.")
      .Fails(ErrorKind::kForbidden, "cross_site", kCrossSite)
      .Handle([&accounts](const Caller& caller, Body<RefreshSession> request,
                          const Request& http) -> Awaitable<Result<Reply<Session>>> {
        const bool cookie = request.value.cookie;
        CO_RETURN_IF_ERROR(CheckCookieAllowed(cookie, http));
        CO_ASSIGN_OR_RETURN(std::string token, PresentedToken(std::move(request.value), http));
        CO_ASSIGN_OR_RETURN(auto session,
                            co_await accounts.RenewSession(std::move(token), OriginOf(caller, http),
                                                           caller.deadline));
        auto headers = MovedToCookie(session, cookie, http, accounts);
        co_return Reply<Session>{.body = std::move(session), .headers = std::move(headers)};
      });
  routes.Post("/v1/me/password", Scope::kWrite, RateClass::kSignIn)
      .Summary("Change one's password")
      .Tag("Accounts and sessions")
      .Doc("Ends all other sessions.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kForbidden, "wrong_password", "The current password is wrong or missing.")
      .Fails(ErrorKind::kConflict, "password_changed", "It was changed elsewhere in this moment.")
      .Fails(ErrorKind::kExhausted, "quota_sign_in", kThrottled)
      .Handle([&accounts](const Caller& caller,
                          Body<ChangePassword> request) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await accounts.SetPassword(
            caller.account, caller.session, std::move(request.value), caller.deadline));
        co_return NoContent();
      });
  routes.Delete("/v1/me", Scope::kWrite, RateClass::kSignIn)
      .Summary("Erase one's account")
      .Tag("Accounts and sessions")
      .Doc(
          "At once nobody sees the account or anything of it any more, and its sessions end. What "
          "it wrote, liked and followed, and what is kept about it, is then removed for good from "
          "every store. It cannot be undone.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kForbidden, "wrong_password", "The password is wrong or missing.")
      .Fails(ErrorKind::kConflict, "password_changed", "It was changed elsewhere in this moment.")
      .Fails(ErrorKind::kExhausted, "quota_sign_in", kThrottled)
      .Handle([&accounts](const Caller& caller,
                          Body<EraseAccount> request) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await accounts.Erase(
            caller.account, std::move(request.value.password), caller.deadline));
        co_return NoContent();
      });
}

}  // namespace

void AddSessionRoutes(net::Routes& routes, AccountsService& accounts) {
  AddSignInRoutes(routes, accounts);
  routes.Delete("/v1/sessions/current", Scope::kRead, RateClass::kWrite)
      .Summary("Sign out")
      .Tag("Accounts and sessions")
      .Doc(
          "Ends the session that the token belongs to; its tokens are refused from now on. A "
          "cookie that keeps its refresh token ends too, and one of another session stays.")
      .Answers<204, NoContent>()
      .Handle([&accounts](const Caller& caller,
                          const Request& http) -> Awaitable<Result<Reply<NoContent>>> {
        // The browser may have been signed in anew meanwhile, as somebody else.
        CO_ASSIGN_OR_RETURN(
            const bool keeps_it,
            co_await accounts.sessions().IsOf(caller.session, std::string(SessionCookieOf(http)),
                                              caller.deadline));
        CO_RETURN_IF_ERROR(co_await accounts.sessions().End(caller.session, caller.token_expires_at,
                                                            caller.deadline));
        Reply<NoContent> reply{.body = NoContent()};
        if (keeps_it) reply.headers.Add("Set-Cookie", EndedCookie(http));
        co_return reply;
      });
  routes.Get("/v1/me/sessions", Scope::kRead, RateClass::kRead)
      .Summary("Where one is signed in")
      .Tag("Accounts and sessions")
      .Doc("Newest first.")
      .Answers<200, net::Page<SessionInfo>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&accounts](const Caller& caller,
                          Query<PageQuery> query) -> Awaitable<Result<net::Page<SessionInfo>>> {
        return accounts.sessions().Of(caller.account, caller.session, std::move(query.value),
                                      caller.deadline);
      });
  routes.Delete("/v1/me/sessions", Scope::kWrite, RateClass::kWrite)
      .Summary("Sign out everywhere else")
      .Tag("Accounts and sessions")
      .Doc("Ends all sessions but the one that the token belongs to.")
      .Answers<204, NoContent>()
      .Handle([&accounts](const Caller& caller) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await accounts.sessions().EndOthers(caller.account, caller.session,
                                                                  caller.deadline));
        co_return NoContent();
      });
  routes.Delete("/v1/me/sessions/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("End one of one's sessions")
      .Tag("Accounts and sessions")
      .Doc("Its tokens are refused from now on.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller, SessionId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await accounts.sessions().EndOf(caller.account, id, caller.deadline));
        co_return NoContent();
      });
}

}  // namespace freshet::accounts
