#include "services/social/routes.h"

namespace freshet::social {
namespace {

using accounts::Account;
using net::Body;
using net::Caller;
using net::NoContent;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Rendered;
using net::Scope;

struct RelationshipAnswer {
  accounts::Relationship relationship;

  static constexpr auto Describe() {
    return Description("RelationshipAnswer",
                       "How the reader and the account stand to each other now.",
                       Field("relationship", &RelationshipAnswer::relationship));
  }
};

struct IdsQuery {
  std::string ids;

  static constexpr auto Describe() {
    return Description("IdsQuery", "Several posts at once.",
                       Field("ids", &IdsQuery::ids)
                           .Length(1, 2'100)
                           .Doc("Ids with commas between them; at most 100."));
  }
};

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

void AddPostRoutes(net::Routes& routes, SocialService& social) {
  routes.Post("/v1/posts", Scope::kWrite, RateClass::kPublish)
      .Summary("Publish a post")
      .Tag("Posts")
      .Answers<201, Post>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&social](const Caller& caller,
                        Body<CreatePost> request) -> Awaitable<Result<Rendered<Post>>> {
        CO_ASSIGN_OR_RETURN(const auto post,
                            co_await social.posts().Create(caller.account, std::move(request.value),
                                                           caller.operation, caller.deadline));
        co_return Rendered<Post>{post.Json()};
      });
  routes.Get("/v1/posts", Scope::kPublic, RateClass::kRead)
      .Summary("Several posts")
      .Tag("Posts")
      .Doc("Posts that do not exist, or that the reader may not see, are left out.")
      .Answers<200, Page<Post>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&social](const Caller& caller,
                        Query<IdsQuery> query) -> Awaitable<Result<Rendered<Page<Post>>>> {
        return social.PostsByIds(caller.account, std::move(query.value.ids), caller.deadline);
      });
  routes.Get("/v1/posts/{id}", Scope::kPublic, RateClass::kRead)
      .Summary("A post")
      .Tag("Posts")
      .Conditional()
      .Answers<200, Post>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<Rendered<Post>>> {
        CO_ASSIGN_OR_RETURN(const auto post,
                            co_await social.posts().Show(caller.account, id, caller.deadline));
        co_return Rendered<Post>{post.Json()};
      });
  routes.Delete("/v1/posts/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Delete a post")
      .Tag("Posts")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound, ErrorKind::kForbidden)
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await social.posts().Delete(caller.account, id, caller.deadline));
        co_return NoContent();
      });
  routes.Get("/v1/accounts/{id}/posts", Scope::kPublic, RateClass::kRead)
      .Summary("An account's posts")
      .Tag("Posts")
      .Answers<200, Page<Post>>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, AccountId id,
                        Query<PageQuery> query) -> Awaitable<Result<Rendered<Page<Post>>>> {
        return social.PostsOf(caller.account, id, std::move(query.value), caller.deadline);
      });
}

}  // namespace

void AddRoutes(net::Routes& routes, SocialService& social) {
  AddGraphRoutes(routes, social);
  AddPostRoutes(routes, social);
}

}  // namespace freshet::social
