#include "services/clickstream/collector.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "net/json/json_writer.h"

namespace freshet::clickstream {
namespace {

constexpr Duration kOldest{7LL * 24 * 3'600'000};  // devices that were offline
constexpr Duration kFuture{5LL * 60'000};          // clocks that are wrong

Counter OutcomeCounter(Metrics& metrics, const char* outcome) {
  return metrics.GetCounter("freshet_events_total",
                            "Events that clients sent, by what came of them",
                            {{"outcome", outcome}});
}

std::string HashOf(std::string_view event_id) {
  return EncodeHex(AsBytes(Sha256(event_id)).substr(0, 8));
}

Result<UserAction> Read(AccountId account, ClientEvent event, Timestamp now) {
  if (event.type != "view")
    return Invalid("There is no event of this type; view is one.", "unknown_type");
  const auto id = ParseId(event.subject.id);
  if (!id) return Invalid("The subject's id is no id.", "invalid_subject");
  if (event.at < now - kOldest) return Invalid("It happened too long ago.", "too_old");
  if (event.at > now + kFuture)
    return Invalid("It happens in the future; set the clock right.", "in_the_future");
  UserAction action{.event = HashOf(event.id),
                    .type = ActionType::kPostView,
                    .account_id = account,
                    .author_id = {},
                    .dwell_ms = event.dwell_ms,
                    .at = std::min(event.at, now)};
  if (event.subject.kind == "post") {
    action.post_id = PostId{*id};
  } else if (event.subject.kind == "account") {
    action.type = ActionType::kProfileView;
    action.author_id = AccountId{*id};
  } else {
    return Invalid("A subject is a post or an account.", "unknown_subject");
  }
  return action;
}

}  // namespace

Collector::Collector(social::SocialReads& social, stores::EventLog& log, const Clock& clock,
                     Metrics& metrics)
    : social_(social),
      log_(log),
      clock_(clock),
      accepted_(OutcomeCounter(metrics, "accepted")),
      rejected_(OutcomeCounter(metrics, "rejected")) {}

Awaitable<Result<Collected>> Collector::Collect(AccountId account, EventBatch batch,
                                                Deadline deadline) {
  Collected collected;
  const auto reject = [&](std::size_t index, std::string code, std::string message) {
    collected.rejected.push_back({.index = static_cast<std::int64_t>(index),
                                  .code = std::move(code),
                                  .message = std::move(message)});
  };
  std::vector<UserAction> actions;
  std::vector<std::size_t> indices;  // of the actions, in the batch
  const Timestamp now = clock_.Now();
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    auto action = Read(account, std::move(batch.events[i]), now);
    if (action) {
      actions.push_back(*std::move(action));
      indices.push_back(i);
    } else {
      reject(i, std::string(action.error().code()), action.error().message());
    }
  }
  CO_RETURN_IF_ERROR(co_await FindAuthors(account, actions, deadline));
  std::vector<stores::Record> records;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (!actions[i].author_id) {
      reject(indices[i], "not_found", "There is no such thing.");
      continue;
    }
    records.push_back(
        {.key = std::to_string(account.value), .value = net::ToJson(actions[i]), .headers = {}});
  }
  std::ranges::sort(collected.rejected, {}, &RejectedEvent::index);
  collected.accepted = static_cast<std::int64_t>(records.size());
  if (!records.empty()) {
    CO_RETURN_IF_ERROR(
        co_await log_.Append(std::string(kUserActionsTopic), std::move(records), deadline));
  }
  accepted_.Add(static_cast<double>(collected.accepted));
  rejected_.Add(static_cast<double>(collected.rejected.size()));
  co_return collected;
}

Awaitable<Result<>> Collector::FindAuthors(AccountId account, std::vector<UserAction>& actions,
                                           Deadline deadline) {
  std::vector<std::uint64_t> posts, people;
  for (const auto& action : actions) {
    if (action.post_id) {
      posts.push_back(action.post_id->value);
    } else {
      people.push_back(action.author_id.value);
    }
  }
  CO_ASSIGN_OR_RETURN(const auto shown, co_await social_.Show(account, posts, deadline));
  CO_ASSIGN_OR_RETURN(const auto known, co_await social_.MaySeePeople(account, people, deadline));
  std::size_t next_post = 0, next_person = 0;
  for (auto& action : actions) {
    if (action.post_id) {
      if (const auto& post = shown[next_post++]; post) action.author_id = post->author();
    } else if (!known[next_person++]) {
      action.author_id = {};
    }
  }
  co_return Result<>();
}

}  // namespace freshet::clickstream
