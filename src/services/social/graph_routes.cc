#include "services/social/routes.h"

namespace freshet::social {
namespace {

using accounts::Account;
using net::Caller;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Scope;

struct RelationshipAnswer {
  accounts::Relationship relationship;

  static constexpr auto Describe() {
    return Description("RelationshipAnswer",
                       "How the reader and the account stand to each other now.",
                       Field("relationship", &RelationshipAnswer::relationship));
  }
};

}  // namespace

void AddGraphRoutes(net::Routes& routes, SocialService& social) {
  routes.Put("/v1/accounts/{id}/follow", Scope::kWrite, RateClass::kWrite)
      .Summary("Follow an account")
      .Tag("Graph")
      .Doc(
          "Its posts come to the reader's home from now on, the earlier ones too. Repeating it "
          "changes nothing.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller,
                        AccountId id) -> Awaitable<Result<RelationshipAnswer>> {
        CO_ASSIGN_OR_RETURN(const auto now,
                            co_await social.graph().Follow(caller.account, id, caller.deadline));
        co_return RelationshipAnswer{now};
      });
  routes.Delete("/v1/accounts/{id}/follow", Scope::kWrite, RateClass::kWrite)
      .Summary("Unfollow an account")
      .Tag("Graph")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller,
                        AccountId id) -> Awaitable<Result<RelationshipAnswer>> {
        CO_ASSIGN_OR_RETURN(const auto now,
                            co_await social.graph().Unfollow(caller.account, id, caller.deadline));
        co_return RelationshipAnswer{now};
      });
  routes.Get("/v1/accounts/{id}/followers", Scope::kPublic, RateClass::kRead)
      .Summary("Who follows an account")
      .Tag("Graph")
      .Answers<200, Page<Account>>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, AccountId id,
                        Query<PageQuery> query) -> Awaitable<Result<Page<Account>>> {
        return social.Followers(caller.account, id, std::move(query.value), caller.deadline);
      });
  routes.Get("/v1/accounts/{id}/following", Scope::kPublic, RateClass::kRead)
      .Summary("Whom an account follows")
      .Tag("Graph")
      .Answers<200, Page<Account>>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, AccountId id,
                        Query<PageQuery> query) -> Awaitable<Result<Page<Account>>> {
        return social.Following(caller.account, id, std::move(query.value), caller.deadline);
      });
}

}  // namespace freshet::social
