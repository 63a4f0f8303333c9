#include "services/accounts/routes.h"

namespace freshet::accounts {
namespace {

using net::Body;
using net::Caller;
using net::NoContent;
using net::Query;
using net::RateClass;
using net::Scope;

struct LookupQuery {
  std::string username;

  static constexpr auto Describe() {
    return Description("LookupQuery", "Finds an account by its name.",
                       Field("username", &LookupQuery::username).Length(1, kUsernameMost));
  }
};

}  // namespace

void AddRoutes(net::Routes& routes, AccountsService& accounts) {
  routes.Post("/v1/accounts", Scope::kPublic, RateClass::kSignIn)
      .Summary("Sign up")
      .Tag("Accounts and sessions")
      .Doc("Makes an account and signs it in.")
      .Answers<201, SignedUp>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kConflict)
      .Handle([&accounts](const Caller& caller,
                          Body<SignUp> request) -> Awaitable<Result<SignedUp>> {
        return accounts.SignUpAccount(std::move(request.value), caller.operation, caller.deadline);
      });
  routes.Post("/v1/sessions", Scope::kPublic, RateClass::kSignIn)
      .Summary("Sign in")
      .Tag("Accounts and sessions")
      .Answers<201, Session>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kUnauthenticated)
      .Handle(
          [&accounts](const Caller& caller, Body<SignIn> request) -> Awaitable<Result<Session>> {
            return accounts.SignInAccount(std::move(request.value), caller.deadline);
          });
  routes.Post("/v1/sessions/refresh", Scope::kPublic, RateClass::kSignIn)
      .Summary("Trade a refresh token for a new session")
      .Tag("Accounts and sessions")
      .Doc("A refresh token works once. Using one again ends its session everywhere.")
      .Answers<201, Session>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kUnauthenticated)
      .Handle([&accounts](const Caller& caller,
                          Body<RefreshSession> request) -> Awaitable<Result<Session>> {
        return accounts.Refresh(std::move(request.value.refresh_token), caller.deadline);
      });
  routes.Delete("/v1/sessions/current", Scope::kRead, RateClass::kWrite)
      .Summary("Sign out")
      .Tag("Accounts and sessions")
      .Doc("Ends the session that the token belongs to; its tokens are refused from now on.")
      .Answers<204, NoContent>()
      .Handle([&accounts](const Caller& caller) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(
            co_await accounts.EndSession(caller.session, caller.token_expires_at, caller.deadline));
        co_return NoContent();
      });
  routes.Get("/v1/me", Scope::kRead, RateClass::kRead)
      .Summary("The signed-in account")
      .Tag("Accounts and sessions")
      .Conditional()
      .Answers<200, Account>()
      .Handle([&accounts](const Caller& caller) -> Awaitable<Result<Account>> {
        return accounts.Show(caller.account, caller.account, caller.deadline);
      });
  routes.Get("/v1/accounts/lookup", Scope::kPublic, RateClass::kRead)
      .Summary("An account by its user name")
      .Tag("Accounts and sessions")
      .Conditional()
      .Answers<200, Account>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller,
                          Query<LookupQuery> query) -> Awaitable<Result<Account>> {
        return accounts.ShowByUsername(caller.account, std::move(query.value.username),
                                       caller.deadline);
      });
  routes.Get("/v1/accounts/{id}", Scope::kPublic, RateClass::kRead)
      .Summary("An account")
      .Tag("Accounts and sessions")
      .Conditional()
      .Answers<200, Account>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller, AccountId id) -> Awaitable<Result<Account>> {
        return accounts.Show(caller.account, id, caller.deadline);
      });
  routes.Post("/v1/admin/accounts/{username}/grant-admin", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Make somebody an administrator")
      .Tag("Operations")
      .Doc("Their next session has the scope admin.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle(
          [&accounts](const Caller& caller, std::string username) -> Awaitable<Result<NoContent>> {
            CO_RETURN_IF_ERROR(co_await accounts.GrantAdmin(std::move(username), caller.deadline));
            co_return NoContent();
          });
}

}  // namespace freshet::accounts
