// The consumers of the topics that engagement follows.
#pragma once

#include <span>

#include "base/async.h"
#include "base/clock.h"
#include "services/engagement/comments.h"
#include "services/engagement/reaction_lists.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"
#include "stores/log/log_worker.h"

namespace freshet::engagement {

struct EngagementWorkerParts {
  social::SocialReads& social;
  Comments& comments;
  ReactionLists& lists;
  stores::Counters& counters;
  stores::EventLog& log;
  const Clock& clock;
};

// Facts may come again, late, and after others that made them obsolete. Of comments and shares,
// what is so now is asked, and what depends on it made equal. Of reactions, the counters' records
// are the truth: the lists follow them in their order.
class EngagementWorker {
 public:
  explicit EngagementWorker(EngagementWorkerParts parts) : parts_(parts) {}

  // Group "engagement.reactions": changes of likes and saves, from the counters, into people's
  // lists, and on as facts of engagement.
  static stores::LogSubscription ReactionsSubscription();
  stores::LogHandler ReactionsHandler();

  // Group "engagement": comments and shares into their counts; what hung on purged posts goes.
  static stores::LogSubscription Subscription();
  stores::LogHandler Handler();

 private:
  Awaitable<Result<>> OnReactions(std::span<const stores::StoredRecord> records);
  Awaitable<Result<>> OnFacts(std::span<const stores::StoredRecord> records);
  Awaitable<Result<>> OnPosts(std::span<const stores::StoredRecord> records);
  Awaitable<Result<>> Publish(std::span<const ReactionChange> changes, Deadline deadline);
  Awaitable<Result<>> CountShares(std::vector<social::ShareOfPost> shares, Deadline deadline);
  Awaitable<Result<>> Purge(PostId post, Deadline deadline);
  Awaitable<Result<>> Empty(stores::CounterKey set, Deadline deadline);
  Deadline StepDeadline() const;

  const EngagementWorkerParts parts_;
};

}  // namespace freshet::engagement
