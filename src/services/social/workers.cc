#include "services/social/workers.h"

#include "net/json/json_reader.h"

namespace freshet::social {

stores::LogSubscription FanoutSubscription() {
  return {.group = "fanout", .topics = {std::string(kPostsTopic)}};
}

stores::LogHandler FanoutHandler(Fanout& fanout) {
  return [&fanout](const std::string&, std::span<const stores::StoredRecord> records) {
    return fanout.Handle(records);
  };
}

stores::LogSubscription FollowSubscription() {
  return {.group = "social.follows", .topics = {std::string(kFollowsTopic)}};
}

stores::LogHandler FollowHandler(Graph& graph, const Clock& clock) {
  return [&graph, &clock](const std::string&,
                          std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    std::vector<AccountId> followers;
    for (const auto& stored : records) {
      CO_ASSIGN_OR_RETURN(const auto event, net::ReadJson<FollowChanged>(stored.record.value));
      followers.push_back(event.follower_id);
    }
    CO_RETURN_IF_ERROR(
        co_await graph.ForgetFollowees(followers, Deadline::After(clock, Duration(10'000))));
    co_return Result<>();
  };
}

}  // namespace freshet::social
