#include "net/api/negotiation.h"
#include "services/social/routes.h"

namespace freshet::social {
namespace {

using net::Body;
using net::Caller;
using net::IfMatch;
using net::NoContent;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Rendered;
using net::Reply;
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

struct HashtagQuery {
  std::string q;
  std::int32_t limit = 10;

  static constexpr auto Describe() {
    return Description("HashtagQuery", "Which hashtags to find.",
                       Field("q", &HashtagQuery::q)
                           .Length(1, 100)
                           .Doc("How they begin; case and accents do not matter."),
                       Field("limit", &HashtagQuery::limit).Range(1, 50).Defaulted());
  }
};

void AddUndoRoutes(net::Routes& routes, SocialService& social) {
  routes.Post("/v1/posts/{id}/restore", Scope::kWrite, RateClass::kWrite)
      .Summary("Restore a deleted post")
      .Tag("Posts")
      .Doc(
          "It comes back at its place in every list, with its likes and comments, as long as it is "
          "in /v1/me/deleted. A post that is not deleted stays as it is.")
      .Answers<200, Post>()
      .Fails(ErrorKind::kNotFound)
      .Fails(ErrorKind::kConflict, "gone", "It was deleted too long ago.")
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<Rendered<Post>>> {
        CO_ASSIGN_OR_RETURN(const auto post, co_await social.deleted_posts().Restore(
                                                 caller.account, id, caller.deadline));
        co_return Rendered<Post>{post.Json()};
      });
  routes.Get("/v1/me/deleted", Scope::kRead, RateClass::kRead)
      .Summary("Deleted posts that the reader can have back")
      .Tag("Posts")
      .Doc("Last deleted first. What stood under them is counted again when they are restored.")
      .Answers<200, Page<DeletedPost>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&social](const Caller& caller,
                        Query<PageQuery> query) -> Awaitable<Result<Rendered<Page<DeletedPost>>>> {
        return social.Deleted(caller.account, std::move(query.value), caller.deadline);
      });
}

void AddShareRoutes(net::Routes& routes, SocialService& social) {
  routes.Post("/v1/posts/{id}/shares", Scope::kWrite, RateClass::kPublish)
      .Summary("Share a post")
      .Tag("Posts")
      .Doc(
          "It comes to the homes of one's followers, to those who may see it. Sharing what "
          "somebody "
          "shared shares the original. Repeating it changes nothing.")
      .Answers<201, Post>()
      .Answers<200, Post>("It was shared already.")
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, PostId id,
                        Body<SharePost> request) -> Awaitable<Result<Reply<Post>>> {
        CO_ASSIGN_OR_RETURN(const auto made, co_await social.shares().Share(
                                                 caller.account, id, std::move(request.value),
                                                 caller.operation, caller.deadline));
        co_return Reply<Post>{.body = Rendered<Post>{made.post.Json()},
                              .status = made.is_new ? 201 : 200};
      });
  routes.Delete("/v1/posts/{id}/shares/mine", Scope::kWrite, RateClass::kWrite)
      .Summary("Share a post no longer")
      .Tag("Posts")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await social.shares().Unshare(caller.account, id, caller.deadline));
        co_return NoContent();
      });
}

void AddListRoutes(net::Routes& routes, SocialService& social) {
  routes.Get("/v1/accounts/{id}/posts", Scope::kPublic, RateClass::kRead)
      .Summary("An account's posts")
      .Tag("Posts")
      .EdgeCached("account")
      .Answers<200, Page<Post>>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, AccountId id,
                        Query<PageQuery> query) -> Awaitable<Result<Rendered<Page<Post>>>> {
        return social.PostsOf(caller.account, id, std::move(query.value), caller.deadline);
      });
  routes.Get("/v1/hashtags/{tag}/posts", Scope::kPublic, RateClass::kRead)
      .Summary("The posts with a hashtag")
      .Tag("Posts")
      .EdgeCached("hashtag")
      .Doc("Newest first, however the tag is spelt; without the #, or with %23.")
      .Answers<200, Page<Post>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&social](const Caller& caller, std::string tag,
                        Query<PageQuery> query) -> Awaitable<Result<Rendered<Page<Post>>>> {
        return social.PostsTagged(caller.account, std::move(tag), std::move(query.value),
                                  caller.deadline);
      });
  routes.Get("/v1/hashtags/search", Scope::kPublic, RateClass::kRead)
      .Summary("Find hashtags by their beginnings")
      .Tag("Posts")
      .Doc(
          "To complete what somebody writes: the most used first; there is one page. Only public "
          "posts count, and only tags are shown of which the reader may read a recent public post.")
      .Answers<200, Page<Hashtag>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&social](const Caller& caller,
                        Query<HashtagQuery> query) -> Awaitable<Result<Page<Hashtag>>> {
        CO_ASSIGN_OR_RETURN(auto found,
                            co_await social.hashtag_search().Find(
                                caller.account, std::move(query.value.q),
                                static_cast<std::size_t>(query.value.limit), caller.deadline));
        co_return Page<Hashtag>{.items = std::move(found), .next = {}};
      });
  routes.Get("/v1/me/mentions", Scope::kRead, RateClass::kRead)
      .Summary("The posts that mention the reader")
      .Tag("Posts")
      .Answers<200, Page<Post>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&social](const Caller& caller,
                        Query<PageQuery> query) -> Awaitable<Result<Rendered<Page<Post>>>> {
        return social.Mentions(caller.account, std::move(query.value), caller.deadline);
      });
}

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
      .EdgeCached("post")
      .Conditional()
      .Answers<200, Post>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<Rendered<Post>>> {
        CO_ASSIGN_OR_RETURN(const auto post,
                            co_await social.posts().ShowEntry(caller.account, id, caller.deadline));
        co_return Rendered<Post>{post.Json()};
      });
  routes.Patch("/v1/posts/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Edit a post")
      .Tag("Posts")
      .Doc(
          "Members that are left out stay as they are. What the post said before stays readable in "
          "its history. With the ETag of a post in If-Match, an edit of a post that changed since "
          "is refused.")
      .Answers<200, Post>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound, ErrorKind::kForbidden)
      .Fails(ErrorKind::kConflict, "too_many_edits", "A post has at most 100 versions.")
      .Handle([&social](const Caller& caller, PostId id, Body<EditPost> request,
                        IfMatch match) -> Awaitable<Result<Rendered<Post>>> {
        PostEdits::Precondition may_go_on;
        if (!match.value.empty()) {
          may_go_on = [&](const ShownPost& post) {
            return match.Allows(net::EntityTagOf(post.Json()));
          };
        }
        CO_ASSIGN_OR_RETURN(const auto post, co_await social.post_edits().Edit(
                                                 caller.account, id, std::move(request.value),
                                                 std::move(may_go_on), caller.deadline));
        co_return Rendered<Post>{post.Json()};
      });
  routes.Get("/v1/posts/{id}/history", Scope::kPublic, RateClass::kRead)
      .Summary("What a post said before")
      .Tag("Posts")
      .Doc(
          "Every version, the present one first. A version that was replaced while fewer people "
          "could see the post is shown to those only.")
      .Answers<200, Page<PostVersion>>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<Page<PostVersion>>> {
        return social.post_edits().History(caller.account, id, caller.deadline);
      });
  routes.Delete("/v1/posts/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Delete a post")
      .Tag("Posts")
      .Doc("Its author can have it back for a while.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound, ErrorKind::kForbidden)
      .Handle([&social](const Caller& caller, PostId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await social.posts().Delete(caller.account, id, caller.deadline));
        co_return NoContent();
      });
  AddUndoRoutes(routes, social);
  AddShareRoutes(routes, social);
  AddListRoutes(routes, social);
}

}  // namespace freshet::social
