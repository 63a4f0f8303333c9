#include "services/engagement/routes.h"

namespace freshet::engagement {
namespace {

using net::Body;
using net::Caller;
using net::NoContent;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Scope;

struct EngagementAnswer {
  social::PostCounts counts;
  social::PostViewer viewer;

  static constexpr auto Describe() {
    return Description("Engagement", "What stands under the post now.",
                       Field("counts", &EngagementAnswer::counts),
                       Field("viewer", &EngagementAnswer::viewer));
  }
};

void AddReaction(net::Routes& routes, EngagementService& engagement, net::PathTemplate path,
                 Reaction reaction, std::string_view add, std::string_view remove) {
  const auto handler = [&engagement, reaction](bool present) {
    return [&engagement, reaction, present](const Caller& caller,
                                            PostId id) -> Awaitable<Result<EngagementAnswer>> {
      CO_ASSIGN_OR_RETURN(const auto now, co_await engagement.React(caller.account, id, reaction,
                                                                    present, caller.deadline));
      co_return EngagementAnswer{.counts = now.counts, .viewer = now.viewer};
    };
  };
  routes.Put(path, Scope::kWrite, RateClass::kReact)
      .Summary(add)
      .Tag("Engagement")
      .Doc("Repeating it changes nothing.")
      .Answers<200, EngagementAnswer>()
      .Fails(ErrorKind::kNotFound)
      .Handle(handler(true));
  routes.Delete(path, Scope::kWrite, RateClass::kReact)
      .Summary(remove)
      .Tag("Engagement")
      .Answers<200, EngagementAnswer>()
      .Fails(ErrorKind::kNotFound)
      .Handle(handler(false));
}

void AddList(net::Routes& routes, EngagementService& engagement, net::PathTemplate path,
             Reaction reaction, std::string_view summary) {
  routes.Get(path, Scope::kRead, RateClass::kRead)
      .Summary(summary)
      .Tag("Engagement")
      .Doc("Posts that are gone, or not for the reader any more, are left out.")
      .Answers<200, Page<social::Post>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&engagement, reaction](
                  const Caller& caller,
                  Query<PageQuery> query) -> Awaitable<Result<net::Rendered<Page<social::Post>>>> {
        return engagement.ReactedTo(caller.account, reaction, std::move(query.value),
                                    caller.deadline);
      });
}

void AddCommentLike(net::Routes& routes, Comments& comments) {
  constexpr net::PathTemplate kPath = "/v1/comments/{id}/like";
  const auto handler = [&comments](bool present) {
    return [&comments, present](const Caller& caller, CommentId id) -> Awaitable<Result<Comment>> {
      return comments.Like(caller.account, id, present, caller.deadline);
    };
  };
  routes.Put(kPath, Scope::kWrite, RateClass::kReact)
      .Summary("Like a comment")
      .Tag("Comments")
      .Doc("Repeating it changes nothing.")
      .Answers<200, Comment>()
      .Fails(ErrorKind::kNotFound)
      .Handle(handler(true));
  routes.Delete(kPath, Scope::kWrite, RateClass::kReact)
      .Summary("Take a like of a comment back")
      .Tag("Comments")
      .Answers<200, Comment>()
      .Fails(ErrorKind::kNotFound)
      .Handle(handler(false));
}

void AddCommentRoutes(net::Routes& routes, Comments& comments) {
  routes.Post("/v1/posts/{id}/comments", Scope::kWrite, RateClass::kPublish)
      .Summary("Comment on a post")
      .Tag("Comments")
      .Answers<201, Comment>()
      .Fails(ErrorKind::kNotFound)
      .Fails(ErrorKind::kInvalid)
      .Handle([&comments](const Caller& caller, PostId id,
                          Body<CreateComment> request) -> Awaitable<Result<Comment>> {
        return comments.Create(caller.account, id, std::move(request.value), caller.operation,
                               caller.deadline);
      });
  routes.Get("/v1/posts/{id}/comments", Scope::kPublic, RateClass::kRead)
      .Summary("The comments on a post")
      .Tag("Comments")
      .EdgeCached("post")
      .Doc("Pages neither repeat nor skip a comment while others are written and liked.")
      .Answers<200, Page<Comment>>()
      .Fails(ErrorKind::kNotFound)
      .Fails(ErrorKind::kInvalid, "cursor_expired",
             "A cursor into the order by likes that is more than some days old.")
      .Handle([&comments](const Caller& caller, PostId id, Query<CommentsQuery> which,
                          Query<PageQuery> query) -> Awaitable<Result<Page<Comment>>> {
        return comments.List(caller.account, id, which.value, std::move(query.value),
                             caller.deadline);
      });
  routes.Patch("/v1/comments/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Edit a comment")
      .Tag("Comments")
      .Answers<200, Comment>()
      .Fails(ErrorKind::kNotFound, ErrorKind::kForbidden)
      .Handle([&comments](const Caller& caller, CommentId id,
                          Body<EditComment> request) -> Awaitable<Result<Comment>> {
        return comments.Edit(caller.account, id, std::move(request.value), caller.deadline);
      });
  routes.Delete("/v1/comments/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Delete a comment")
      .Tag("Comments")
      .Doc(
          "For its author and the author of the post. Where there are replies, it stays in its "
          "place without its text and author.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound, ErrorKind::kForbidden)
      .Handle([&comments](const Caller& caller, CommentId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await comments.Delete(caller.account, id, caller.deadline));
        co_return NoContent();
      });
  AddCommentLike(routes, comments);
}

}  // namespace

void AddRoutes(net::Routes& routes, EngagementService& engagement, Comments& comments) {
  AddReaction(routes, engagement, "/v1/posts/{id}/like", Reaction::kLike, "Like a post",
              "Take a like back");
  AddReaction(routes, engagement, "/v1/posts/{id}/save", Reaction::kSave, "Save a post for later",
              "Save a post no longer");
  routes.Get("/v1/posts/{id}/likes", Scope::kPublic, RateClass::kRead)
      .Summary("Those who like a post")
      .Tag("Engagement")
      .Doc(
          "In the order of their accounts' age. Of a post with very many likes not all can be "
          "paged through; its count is exact.")
      .Answers<200, Page<accounts::Account>>()
      .Fails(ErrorKind::kNotFound, ErrorKind::kInvalid)
      .Handle([&engagement](const Caller& caller, PostId id,
                            Query<PageQuery> query) -> Awaitable<Result<Page<accounts::Account>>> {
        return engagement.Likers(caller.account, id, std::move(query.value), caller.deadline);
      });
  AddList(routes, engagement, "/v1/me/saved", Reaction::kSave,
          "The posts that one saved, the one saved last first");
  AddList(routes, engagement, "/v1/me/likes", Reaction::kLike,
          "The posts that one likes, the newest first");
  AddCommentRoutes(routes, comments);
}

}  // namespace freshet::engagement
