#include "services/social/graph_routes.h"

namespace freshet::social {
namespace {

using accounts::Account;
using net::Caller;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Scope;

struct SuggestionsQuery {
  std::int32_t limit = 20;

  static constexpr auto Describe() {
    return Description("SuggestionsQuery", "How many people to suggest.",
                       Field("limit", &SuggestionsQuery::limit).Range(1, 50).Defaulted());
  }
};

void AddFollowRoutes(net::Routes& routes, Relationships& relationships) {
  routes.Put("/v1/accounts/{id}/follow", Scope::kWrite, RateClass::kWrite)
      .Summary("Follow an account")
      .Tag("Graph")
      .Doc(
          "Its posts come to the reader's home from now on, the earlier ones too. A private "
          "account "
          "is asked first: `requested` is true until it has decided. Repeating it changes nothing.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kNotFound)
      .Fails(ErrorKind::kInvalid, "self_follow", "Nobody can follow themselves.")
      .Fails(ErrorKind::kInvalid, "following_limit", "The reader follows as many as one may.")
      .Fails(ErrorKind::kConflict, "blocking", "The reader blocks the account.")
      .Handle(Changing(relationships, &Relationships::Follow));
  routes.Delete("/v1/accounts/{id}/follow", Scope::kWrite, RateClass::kWrite)
      .Summary("Unfollow an account")
      .Tag("Graph")
      .Doc("Takes a request back too.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle(Changing(relationships, &Relationships::Unfollow));
}

void AddRequestRoutes(net::Routes& routes, Relationships& relationships, PeopleLists& people) {
  routes.Get("/v1/follow-requests", Scope::kRead, RateClass::kRead)
      .Summary("Who asked to follow the reader")
      .Tag("Graph")
      .Doc("Newest first. When a private account becomes public, everybody who asked follows it.")
      .Answers<200, Page<Account>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&people](const Caller& caller,
                        Query<PageQuery> query) -> Awaitable<Result<Page<Account>>> {
        return people.Requests(caller.account, std::move(query.value), caller.deadline);
      });
  routes.Put("/v1/follow-requests/{account_id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Let somebody follow who asked to")
      .Tag("Graph")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle(Changing(relationships, &Relationships::Accept));
  routes.Delete("/v1/follow-requests/{account_id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Refuse a follow request")
      .Tag("Graph")
      .Doc("Whoever asked is not told.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle(Changing(relationships, &Relationships::Refuse));
}

}  // namespace

void AddGraphRoutes(net::Routes& routes, Relationships& relationships, PeopleLists& people,
                    Suggestions& suggestions) {
  AddFollowRoutes(routes, relationships);
  AddRequestRoutes(routes, relationships, people);
  routes.Get("/v1/accounts/{id}/followers", Scope::kPublic, RateClass::kRead)
      .Summary("Who follows an account")
      .Tag("Graph")
      .Doc("Of a private account only its followers see this.")
      .Answers<200, Page<Account>>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Fails(ErrorKind::kForbidden, "private_account", "Only its followers may see it.")
      .Fails(ErrorKind::kForbidden, "blocking", "The reader blocks the account.")
      .Handle([&people](const Caller& caller, AccountId id,
                        Query<PageQuery> query) -> Awaitable<Result<Page<Account>>> {
        return people.Followers(caller.account, id, std::move(query.value), caller.deadline);
      });
  routes.Get("/v1/accounts/{id}/following", Scope::kPublic, RateClass::kRead)
      .Summary("Whom an account follows")
      .Tag("Graph")
      .Doc("Of a private account only its followers see this.")
      .Answers<200, Page<Account>>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Fails(ErrorKind::kForbidden, "private_account", "Only its followers may see it.")
      .Fails(ErrorKind::kForbidden, "blocking", "The reader blocks the account.")
      .Handle([&people](const Caller& caller, AccountId id,
                        Query<PageQuery> query) -> Awaitable<Result<Page<Account>>> {
        return people.Following(caller.account, id, std::move(query.value), caller.deadline);
      });
  routes.Get("/v1/accounts/suggestions", Scope::kRead, RateClass::kRead)
      .Summary("People whom the reader may know")
      .Tag("Graph")
      .Doc("Those whom many of the people that the reader follows follow; there is one page.")
      .Answers<200, Page<Suggestion>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&suggestions](const Caller& caller,
                             Query<SuggestionsQuery> query) -> Awaitable<Result<Page<Suggestion>>> {
        const auto limit = static_cast<std::size_t>(query.value.limit);
        Page<Suggestion> page;
        CO_ASSIGN_OR_RETURN(page.items,
                            co_await suggestions.For(caller.account, limit, caller.deadline));
        co_return page;
      });
}

}  // namespace freshet::social
