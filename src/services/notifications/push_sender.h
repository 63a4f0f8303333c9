// Tells browsers that are away of what came into their people's inboxes.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "net/auth/session_revocations.h"
#include "net/push/push_client.h"
#include "services/notifications/inbox.h"
#include "services/notifications/preferences.h"
#include "services/notifications/presenter.h"
#include "services/notifications/push_subscriptions.h"
#include "stores/log/event_log.h"
#include "stores/log/log_worker.h"

namespace freshet::notifications {

// What the sender stands on. All must outlive it.
struct PushSenderParts {
  PushSubscriptions& subscriptions;
  Inbox& inbox;
  const PreferenceStore& preferences;
  Presenter& presenter;
  const net::SessionRevocations& revocations;
  net::PushClient& client;
  const Clock& clock;
  Logger& logger;
};

// A push is sent at least once: a crash between the push service's answer and the note of it
// repeats it, under the same topic and tag, so that it is shown once. What its reader may see,
// wants to hear of, and has not read is decided at the moment of sending.
class PushSender {
 public:
  PushSender(const PushOptions& options, PushSenderParts parts, Metrics& metrics);

  // Sends what is due, in several lanes, until `stop` is requested. Run it once.
  Awaitable<> Run(std::stop_token stop);

 private:
  Awaitable<void> RunLanes(std::int32_t lanes, std::stop_token stop);
  Awaitable<void> RunLane(std::stop_token stop);
  Awaitable<void> KeepCounting(std::stop_token stop);
  Awaitable<Result<bool>> SendSome();
  Awaitable<Result<>> Handle(const OwedPush& push);
  // The message, or nothing when there is nothing to tell of (any more).
  Awaitable<Result<std::optional<net::PushMessage>>> Write(const OwedPush& push);
  Awaitable<Result<>> Settle(const OwedPush& push, const Result<>& sent);
  // Until when the push service at this origin asked to be left alone.
  std::optional<Timestamp> Pause(const std::string& origin) const;
  void SetPause(const std::string& origin, Timestamp until);
  Deadline Soon() const;

  const PushOptions options_;
  const PushSenderParts parts_;
  mutable Mutex mutex_;
  std::map<std::string, Timestamp> pauses_ GUARDED_BY(mutex_);
  Gauge waiting_;
  Counter sent_;
  Counter dropped_;
  Counter failed_;
  Counter ended_;
};

// Removes the subscriptions of sessions that ended.
stores::LogSubscription EndedSessionsSubscription();
stores::LogHandler EndedSessionsHandler(PushSubscriptions& subscriptions, const Clock& clock);

}  // namespace freshet::notifications
