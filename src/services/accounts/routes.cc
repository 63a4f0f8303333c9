#include "services/accounts/routes.h"

namespace freshet::accounts {
namespace {

using net::Body;
using net::Caller;
using net::IfMatch;
using net::NoContent;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Reply;
using net::Scope;

struct LookupQuery {
  std::string username;

  static constexpr auto Describe() {
    return Description("LookupQuery", "Finds an account by its name.",
                       Field("username", &LookupQuery::username).Length(1, kUsernameMost));
  }
};

struct SearchQuery {
  std::string q;

  static constexpr auto Describe() {
    return Description("SearchQuery", "Whom to find.",
                       Field("q", &SearchQuery::q)
                           .Length(1, 100)
                           .Doc("Beginnings of a user name or of words of a display name; case "
                                "and accents do not matter."));
  }
};

AccountsService::Viewer ViewerOf(const Caller& caller) {
  return {.account = caller.account, .admin = caller.scopes.Has(Scope::kAdmin)};
}

// An account as its owner sees it, with the tag that If-Match takes.
Awaitable<Result<Reply<Account>>> ShowOwn(AccountsService& accounts, const Caller& caller) {
  CO_ASSIGN_OR_RETURN(auto account, co_await accounts.Show({.account = caller.account},
                                                           caller.account, caller.deadline));
  Reply<Account> reply;
  reply.headers.Set("ETag", OwnAccountTag(account));
  reply.body = std::move(account);
  co_return reply;
}

void AddOwnRoutes(net::Routes& routes, AccountsService& accounts) {
  routes.Get("/v1/me", Scope::kRead, RateClass::kRead)
      .Summary("The signed-in account")
      .Tag("Accounts and sessions")
      .Conditional()
      .Answers<200, Account>()
      .Handle([&accounts](const Caller& caller) -> Awaitable<Result<Reply<Account>>> {
        return ShowOwn(accounts, caller);
      });
  routes.Patch("/v1/me", Scope::kWrite, RateClass::kWrite)
      .Summary("Edit one's profile and settings")
      .Tag("Accounts and sessions")
      .Doc(
          "Members that are left out stay; null empties.\n\nIf-Match takes the ETag of GET /v1/me "
          "and looks at what can be edited alone: a new follower does not stand in the way.")
      .Answers<200, Account>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kConflict, "precondition_failed", "It was edited since it was read.")
      .Handle([&accounts](const Caller& caller, Body<EditProfile> edit,
                          IfMatch if_match) -> Awaitable<Result<Reply<Account>>> {
        CO_RETURN_IF_ERROR(co_await accounts.editor().Edit(
            caller.account, std::move(edit.value), std::move(if_match.value), caller.deadline));
        co_return co_await ShowOwn(accounts, caller);
      });
}

void AddAdminRoutes(net::Routes& routes, AccountsService& accounts) {
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
  routes.Put("/v1/admin/accounts/{id}/verified", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Give an account the verified mark")
      .Tag("Operations")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller, AccountId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await accounts.editor().SetVerified(id, true, caller.deadline));
        co_return NoContent();
      });
  routes.Delete("/v1/admin/accounts/{id}/verified", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Take the verified mark from an account")
      .Tag("Operations")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller, AccountId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await accounts.editor().SetVerified(id, false, caller.deadline));
        co_return NoContent();
      });
}

}  // namespace

void AddRoutes(net::Routes& routes, AccountsService& accounts) {
  AddOwnRoutes(routes, accounts);
  routes.Get("/v1/accounts/lookup", Scope::kPublic, RateClass::kRead)
      .Summary("An account by its user name")
      .Tag("Accounts and sessions")
      .Conditional()
      .Answers<200, Account>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller,
                          Query<LookupQuery> query) -> Awaitable<Result<Account>> {
        return accounts.ShowByUsername(ViewerOf(caller), std::move(query.value.username),
                                       caller.deadline);
      });
  routes.Get("/v1/accounts/search", Scope::kPublic, RateClass::kRead)
      .Summary("Find accounts by the beginnings of their names")
      .Tag("Accounts and sessions")
      .Doc(
          "Every word of the query begins the user name or a word of the display name. The account "
          "of that user name comes first, then whole words before beginnings, and those whom the "
          "reader follows, the verified and the much followed before others.")
      .Answers<200, net::Page<Account>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&accounts](const Caller& caller, Query<SearchQuery> query,
                          Query<PageQuery> page) -> Awaitable<Result<net::Page<Account>>> {
        return accounts.search().Find(caller.account, std::move(query.value.q),
                                      std::move(page.value), caller.deadline);
      });
  routes.Get("/v1/accounts/{id}", Scope::kPublic, RateClass::kRead)
      .Summary("An account")
      .Tag("Accounts and sessions")
      .EdgeCached("account")
      .Conditional()
      .Answers<200, Account>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&accounts](const Caller& caller, AccountId id) -> Awaitable<Result<Account>> {
        return accounts.Show(ViewerOf(caller), id, caller.deadline);
      });
  AddAdminRoutes(routes, accounts);
}

void AddExportRoute(net::Routes& routes, Exports& exports) {
  routes.Get("/v1/me/export", Scope::kRead, RateClass::kSignIn)
      .Summary("Everything that is kept about oneself")
      .Tag("Accounts and sessions")
      .Doc(
          "A ZIP archive, written while it is read: for each kind of thing a file with a JSON "
          "array. "
          "Of other people it has only what they show to the reader.")
      .AnswersWith<200>("application/zip")
      .Fails(ErrorKind::kExhausted, "exports_busy", "Many people do so at this moment.")
      .Handle([&exports](const Caller& caller) -> Awaitable<Result<net::RawResponse>> {
        CO_ASSIGN_OR_RETURN(auto response, exports.Open(caller.account));
        co_return net::RawResponse{std::move(response)};
      });
}

}  // namespace freshet::accounts
