#include "services/notifications/push_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/retry.h"
#include "base/utf8.h"
#include "net/json/json_reader.h"
#include "services/accounts/events.h"
#include "services/notifications/phrases.h"

namespace freshet::notifications {
namespace {

constexpr Duration kCallDeadline{30'000};
constexpr std::size_t kClaimedAtOnce = 4;
constexpr int kPollsPerCount = 10;
constexpr std::size_t kMostPauses = 4'096;
constexpr std::size_t kExcerpt = 200;

// What may wait for a charger, and what is a person who talks to the reader.
net::PushUrgency UrgencyOf(Kind kind) {
  const bool low = kind == Kind::kLike || kind == Kind::kShare || kind == Kind::kFollow;
  return low ? net::PushUrgency::kLow : net::PushUrgency::kNormal;
}

// What a service worker shows, and what it needs to say it in its own words.
std::string PayloadOf(const Notification& notification, std::int64_t unread) {
  boost::json::object payload{{"id", std::to_string(notification.id.value)},
                              {"tag", std::to_string(notification.group.value)},
                              {"type", NameOf(notification.type)},
                              {"title", Headline(notification)},
                              {"body", Excerpt(notification, kExcerpt)},
                              {"count", notification.count},
                              {"unread_count", unread}};
  if (notification.post) payload["post_id"] = std::to_string(notification.post->id.value);
  if (notification.comment_id) payload["comment_id"] = *notification.comment_id;
  return boost::json::serialize(payload);
}

}  // namespace

PushSender::PushSender(const PushOptions& options, PushSenderParts parts, Metrics& metrics)
    : options_(options),
      parts_(parts),
      waiting_(metrics.GetGauge("freshet_push_waiting", "Pushes that are owed")),
      sent_(metrics.GetCounter("freshet_push_sent_total", "Pushes that a push service took")),
      dropped_(metrics.GetCounter("freshet_push_dropped_total",
                                  "Pushes that were not worth sending any more, or were refused")),
      failed_(metrics.GetCounter("freshet_push_failed_total",
                                 "Attempts to push that failed and are repeated")),
      ended_(metrics.GetCounter("freshet_push_subscriptions_ended_total",
                                "Subscriptions that their push service had ended")) {}

Awaitable<> PushSender::Run(std::stop_token stop) {
  co_await Both(RunLanes(options_.lanes, stop), KeepCounting(stop));
}

Awaitable<void> PushSender::RunLanes(std::int32_t lanes, std::stop_token stop) {
  if (lanes == 1) co_return co_await RunLane(std::move(stop));
  co_await Both(RunLane(stop), RunLanes(lanes - 1, stop));
}

Awaitable<void> PushSender::KeepCounting(std::stop_token stop) {
  do {
    if (const auto owed = co_await parts_.subscriptions.Owed(Soon())) {
      waiting_.Set(static_cast<double>(*owed));
    }
  } while (co_await Sleep(kPollsPerCount * options_.poll_interval, stop));
}

Awaitable<void> PushSender::RunLane(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto some = co_await SendSome();
    if (!some) {
      parts_.logger.Warn("Pushes wait: the database did not answer",
                         {{"error", some.error().ToString()}});
    }
    if (some && *some) continue;
    if (!co_await Sleep(options_.poll_interval, stop)) co_return;
  }
}

Awaitable<Result<bool>> PushSender::SendSome() {
  const Duration lease = kClaimedAtOnce * (options_.timeout + 2 * kCallDeadline);
  CO_ASSIGN_OR_RETURN(const auto claimed,
                      co_await parts_.subscriptions.Claim(kClaimedAtOnce, lease, Soon()));
  for (const auto& push : claimed) CO_RETURN_IF_ERROR(co_await Handle(push));
  co_return !claimed.empty();
}

Awaitable<Result<>> PushSender::Handle(const OwedPush& push) {
  const Timestamp now = parts_.clock.Now();
  if (now - IdTime(push.position) > options_.time_to_live ||
      parts_.revocations.IsRevoked(push.session)) {
    dropped_.Add();
    co_return co_await parts_.subscriptions.Finish(push, Soon());
  }
  const auto origin = net::PushOrigin(push.endpoint, options_.private_addresses);
  const auto pause = origin ? Pause(*origin) : std::nullopt;
  if (pause)
    co_return co_await parts_.subscriptions.PutOff(push, *pause, push.attempts - 1, Soon());
  CO_ASSIGN_OR_RETURN(const auto preferences,
                      co_await parts_.preferences.Find(push.account, Soon()));
  if (preferences.quiet_hours && IsQuiet(*preferences.quiet_hours, now)) {
    co_return co_await parts_.subscriptions.PutOff(push, QuietUntil(*preferences.quiet_hours, now),
                                                   0, Soon());
  }
  CO_ASSIGN_OR_RETURN(auto message, co_await Write(push));
  if (!message) {
    dropped_.Add();
    co_return co_await parts_.subscriptions.Finish(push, Soon());
  }
  const auto sent = co_await parts_.client.Send(*std::move(message),
                                                Deadline::After(parts_.clock, options_.timeout));
  if (!sent && sent.error().retry_after() && origin) {
    SetPause(*origin, parts_.clock.Now() + *sent.error().retry_after());
  }
  co_return co_await Settle(push, sent);
}

Awaitable<Result<std::optional<net::PushMessage>>> PushSender::Write(const OwedPush& push) {
  std::optional<net::PushMessage> none;
  CO_ASSIGN_OR_RETURN(const auto group, co_await parts_.inbox.Find(push.group, Soon()));
  if (!group || !group->unread || group->reader != push.account) co_return none;
  CO_ASSIGN_OR_RETURN(const auto preferences,
                      co_await parts_.preferences.Find(push.account, Soon()));
  if (preferences.types.Of(group->kind) != Delivery::kPush) co_return none;
  CO_ASSIGN_OR_RETURN(const auto unread,
                      co_await parts_.presenter.UnreadCount(parts_.inbox, push.account, Soon()));
  CO_ASSIGN_OR_RETURN(const auto rendered,
                      co_await parts_.presenter.Render(push.account, {&*group, 1}, Soon()));
  if (!rendered.front()) co_return none;
  CO_ASSIGN_OR_RETURN(const auto notification, net::ReadJson<Notification>(*rendered.front()));
  const Duration age = parts_.clock.Now() - IdTime(push.position);
  co_return net::PushMessage{.endpoint = push.endpoint,
                             .keys = push.keys,
                             .payload = PayloadOf(notification, unread),
                             .topic = std::to_string(group->id),
                             .urgency = UrgencyOf(group->kind),
                             .time_to_live = options_.time_to_live - age};
}

Awaitable<Result<>> PushSender::Settle(const OwedPush& push, const Result<>& sent) {
  if (sent) {
    sent_.Add();
    co_return co_await parts_.subscriptions.Finish(push, Soon());
  }
  const Error& error = sent.error();
  if (error.code() == "subscription_gone") {
    ended_.Add();
    co_return co_await parts_.subscriptions.RemoveEnded(push, Soon());
  }
  if (!error.retryable() || push.attempts >= options_.attempts) {
    dropped_.Add();
    parts_.logger.Warn("A push was not taken and is dropped",
                       {{"error", error.ToString()}, {"attempts", push.attempts}});
    co_return co_await parts_.subscriptions.Finish(push, Soon());
  }
  failed_.Add();
  const RetryPolicy policy{.base_delay = options_.first_retry, .max_delay = options_.longest_retry};
  const Duration delay =
      error.retry_after().value_or(BackoffDelay(policy, push.attempts, RandomUnit()));
  co_return co_await parts_.subscriptions.PutOff(push, parts_.clock.Now() + delay, push.attempts,
                                                 Soon());
}

std::optional<Timestamp> PushSender::Pause(const std::string& origin) const {
  MutexLock lock(mutex_);
  const auto found = pauses_.find(origin);
  if (found == pauses_.end() || found->second <= parts_.clock.Now()) return std::nullopt;
  return found->second;
}

void PushSender::SetPause(const std::string& origin, Timestamp until) {
  MutexLock lock(mutex_);
  const Timestamp now = parts_.clock.Now();
  if (pauses_.size() >= kMostPauses) {
    std::erase_if(pauses_, [&](const auto& pause) { return pause.second <= now; });
  }
  if (pauses_.size() < kMostPauses) pauses_[origin] = until;
}

Deadline PushSender::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

stores::LogSubscription EndedSessionsSubscription() {
  return {.group = "notifications.sessions", .topics = {std::string(accounts::kAccountsTopic)}};
}

stores::LogHandler EndedSessionsHandler(PushSubscriptions& subscriptions, const Clock& clock) {
  return [&subscriptions, &clock](
             const std::string&,
             std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    for (const auto& stored : records) {
      boost::system::error_code malformed;
      const auto value = boost::json::parse(stored.record.value, malformed);
      const auto* const type = value.is_object() ? value.as_object().if_contains("type") : nullptr;
      if (!type || !type->is_string() || type->as_string() != "session.ended") continue;
      CO_ASSIGN_OR_RETURN(const auto fact,
                          net::ReadJson<accounts::SessionEnded>(stored.record.value));
      CO_RETURN_IF_ERROR(co_await subscriptions.RemoveOfSession(
          fact.session_id.value, Deadline::After(clock, kCallDeadline)));
    }
    co_return Result<>();
  };
}

}  // namespace freshet::notifications
