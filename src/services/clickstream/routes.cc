#include "services/clickstream/routes.h"

namespace freshet::clickstream {

void AddRoutes(net::Routes& routes, Collector& collector) {
  routes.Post("/v1/events", net::Scope::kWrite, net::RateClass::kReact)
      .Summary("Tell of what the reader does")
      .Tag("Events")
      .Doc(
          "What was in sight and whose profile was visited: what is ranked for the reader learns "
          "from it. Each event is judged by itself.")
      .Answers<202, Collected>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kUnavailable)
      .Handle([&collector](const net::Caller& caller,
                           net::Body<EventBatch> batch) -> Awaitable<Result<Collected>> {
        return collector.Collect(caller.account, std::move(batch.value), caller.deadline);
      });
}

}  // namespace freshet::clickstream
