#include "services/home/routes.h"

namespace freshet::home {

void AddRoutes(net::Routes& routes, HomeService& home) {
  routes.Get("/v1/feed", net::Scope::kRead, net::RateClass::kRead)
      .Summary("The home feed")
      .Tag("Home")
      .Doc("The posts of those whom the reader follows, and the reader's own.")
      .Conditional()
      .CacheControl("private, max-age=0, stale-while-revalidate=300")
      .Answers<200, FeedPage>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kUnavailable)
      .Handle([&home](const net::Caller& caller,
                      net::Query<FeedQuery> query) -> Awaitable<Result<net::Rendered<FeedPage>>> {
        CO_ASSIGN_OR_RETURN(
            auto json, co_await home.Page(caller.account, std::move(query.value), caller.deadline));
        co_return net::Rendered<FeedPage>{std::move(json)};
      });
  routes.Get("/v1/feed/newer", net::Scope::kRead, net::RateClass::kRead)
      .Summary("How many posts are newer than a page")
      .Tag("Home")
      .Answers<200, NewerCount>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kUnavailable)
      .Handle([&home](const net::Caller& caller,
                      net::Query<NewerQuery> query) -> Awaitable<Result<NewerCount>> {
        return home.Newer(caller.account, std::move(query.value.since), caller.deadline);
      });
}

}  // namespace freshet::home
