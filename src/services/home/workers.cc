#include "services/home/workers.h"

#include <map>
#include <string>
#include <vector>

#include "net/json/json_reader.h"
#include "services/clickstream/events.h"

namespace freshet::home {
namespace {

constexpr Duration kBatchDeadline{30'000};

}  // namespace

stores::LogSubscription SeenSubscription() {
  return {.group = "home.seen", .topics = {std::string(clickstream::kUserActionsTopic)}};
}

stores::LogHandler SeenHandler(SeenPosts& seen, const Clock& clock) {
  return [&seen, &clock](const std::string&,
                         std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    std::map<AccountId, std::vector<PostId>> by_person;
    for (const auto& stored : records) {
      CO_ASSIGN_OR_RETURN(const auto action,
                          net::ReadJson<clickstream::UserAction>(stored.record.value));
      if (action.post_id) by_person[action.account_id].push_back(*action.post_id);
    }
    for (const auto& [person, posts] : by_person)
      co_await seen.Add(person, posts, Deadline::After(clock, kBatchDeadline));
    co_return Result<>();
  };
}

}  // namespace freshet::home
