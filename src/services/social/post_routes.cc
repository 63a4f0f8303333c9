#include "services/social/routes.h"

namespace freshet::social {
namespace {

using net::Body;
using net::Caller;
using net::NoContent;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Rendered;
using net::Scope;

struct IdsQuery {
  std::string ids;

  static constexpr auto Describe() {
    return Description("IdsQuery", "Several posts at once.",
                       Field("ids", &IdsQuery::ids)
                           .Length(1, 2'100)
                           .Doc("Ids with commas between them; at most 100."));
  }
};

}  // namespace

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

}  // namespace freshet::social
