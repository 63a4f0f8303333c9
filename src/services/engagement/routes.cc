#include "services/engagement/routes.h"

namespace freshet::engagement {
namespace {

using net::Caller;
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

}  // namespace

void AddRoutes(net::Routes& routes, EngagementService& engagement) {
  AddReaction(routes, engagement, "/v1/posts/{id}/like", Reaction::kLike, "Like a post",
              "Take a like back");
  AddReaction(routes, engagement, "/v1/posts/{id}/save", Reaction::kSave, "Save a post for later",
              "Save a post no longer");
}

}  // namespace freshet::engagement
