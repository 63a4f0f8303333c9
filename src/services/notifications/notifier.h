// Makes notifications of the facts on the event log.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/notifications/facts.h"
#include "services/notifications/inbox.h"
#include "services/notifications/live_counts.h"
#include "services/notifications/preferences.h"
#include "services/notifications/presenter.h"
#include "services/social/api.h"
#include "stores/log/event_log.h"
#include "stores/log/log_worker.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::notifications {

// What the notifier stands on. All must outlive it.
struct NotifierParts {
  Inbox& inbox;
  PreferenceStore& preferences;
  Presenter& presenter;
  LiveCounts& live_counts;
  social::SocialReads& social;
  stores::PubSub& pubsub;
  const Clock& clock;
  Logger& logger;
};

// The message that tells a connected reader of a notification. `notification` is JSON.
stores::Message NotificationMessage(std::uint64_t position, std::string_view notification,
                                    std::int64_t unread);

// Idempotent: processing a fact again makes nothing twice and tells nobody twice.
class Notifier {
 public:
  Notifier(NotifierParts parts, Metrics& metrics);

  // Handles records of one partition in order. Errors: kInvalid (not a fact of the topic), the
  // stores'.
  Awaitable<Result<>> Handle(const std::string& topic,
                             std::span<const stores::StoredRecord> records);

 private:
  // What is about people and texts that are no longer told of.
  Awaitable<Result<>> Withdraw(const Consequences& all);
  // Looks again at what is about posts that changed or are gone.
  Awaitable<Result<>> ReviewPosts(const Consequences& all);
  // The reasons that may be told, and all that are no longer.
  Awaitable<Result<std::vector<Reason>>> Permitted(std::vector<Reason> reasons);
  // Keeps what `reader` wants to hear of and may see. `wanted` has a place for each reason.
  Awaitable<Result<>> AskReader(AccountId reader, std::span<const Reason> reasons,
                                const Preferences& preferences, std::vector<bool>& wanted);
  // Makes reasons that are likes of posts say what is so now.
  Awaitable<Result<>> AskWhetherLiked(std::vector<Reason>& reasons);
  // Hides or shows what is about the posts, reader by reader.
  Awaitable<Result<>> Review(PostId post);
  // Withdraws mentions of those whom the post does not mention any more.
  Awaitable<Result<>> ReviewMentions(PostId post);
  Awaitable<void> Tell(std::span<const Group> groups);
  Awaitable<Result<>> TellOne(const Group& group, const Preferences& preferences);

  Deadline Soon() const;

  const NotifierParts parts_;
  Counter made_;
  Counter told_;
};

stores::LogSubscription NotifierSubscription();
stores::LogHandler NotifierHandler(Notifier& notifier);

}  // namespace freshet::notifications
