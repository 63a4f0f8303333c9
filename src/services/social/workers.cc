#include "services/social/workers.h"

#include "net/json/json_reader.h"
#include "services/accounts/events.h"
#include "services/clickstream/events.h"
#include "services/engagement/events.h"

namespace freshet::social {
namespace {

constexpr Duration kBatchDeadline{60'000};

}  // namespace

stores::LogSubscription FanoutSubscription() {
  return {.group = "fanout", .topics = {std::string(kPostsTopic)}};
}

stores::LogHandler FanoutHandler(Fanout& fanout) {
  return [&fanout](const std::string&, std::span<const stores::StoredRecord> records) {
    return fanout.Handle(records);
  };
}

stores::LogSubscription LargeFanoutSubscription() {
  return {.group = "fanout.large", .topics = {std::string(kLargeFanoutTopic)}};
}

stores::LogHandler LargeFanoutHandler(Fanout& fanout) {
  return [&fanout](const std::string&, std::span<const stores::StoredRecord> records) {
    return fanout.HandleLarge(records);
  };
}

stores::LogSubscription FollowSubscription() {
  return {.group = "social.follows", .topics = {std::string(kFollowsTopic)}};
}

stores::LogHandler FollowHandler(Relationships& relationships, const Clock& clock) {
  return [&relationships, &clock](
             const std::string&,
             std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    std::vector<FollowChanged> facts;
    for (const auto& stored : records) {
      CO_ASSIGN_OR_RETURN(facts.emplace_back(), net::ReadJson<FollowChanged>(stored.record.value));
    }
    co_return co_await relationships.Apply(facts, Deadline::After(clock, kBatchDeadline));
  };
}

stores::LogSubscription AccountSubscription() {
  return {.group = "social.accounts", .topics = {std::string(accounts::kAccountsTopic)}};
}

stores::LogHandler AccountHandler(Relationships& relationships, const Clock& clock) {
  return [&relationships, &clock](
             const std::string&,
             std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    for (const auto& stored : records) {
      CO_ASSIGN_OR_RETURN(const auto fact, net::ParseJson(stored.record.value));
      const auto* const type = fact.as_object().if_contains("type");
      if (!type || !type->is_string() || type->as_string() != "account.updated") continue;
      CO_ASSIGN_OR_RETURN(const auto updated,
                          net::ReadJson<accounts::AccountUpdated>(stored.record.value));
      if (updated.private_) continue;
      CO_RETURN_IF_ERROR(co_await relationships.AcceptAllOf(
          updated.account_id, Deadline::After(clock, kBatchDeadline)));
    }
    co_return Result<>();
  };
}

stores::LogSubscription AffinitySubscription() {
  return {.group = "social.affinity",
          .topics = {std::string(engagement::kEngagementTopic), std::string(kPostsTopic),
                     std::string(clickstream::kUserActionsTopic)}};
}

stores::LogHandler AffinityHandler(Affinity& affinity, const Clock& clock) {
  return [&affinity, &clock](const std::string& topic,
                             std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    CO_ASSIGN_OR_RETURN(auto interactions, InteractionsIn(topic, records));
    co_return co_await affinity.Record(std::move(interactions),
                                       Deadline::After(clock, kBatchDeadline));
  };
}

}  // namespace freshet::social
