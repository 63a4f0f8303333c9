// Likes and saves.
#pragma once

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "services/engagement/events.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"
#include "stores/log/event_log.h"

namespace freshet::engagement {

// Thread-safe.
class EngagementService {
 public:
  EngagementService(social::SocialReads& social, stores::Counters& counters, stores::EventLog& log,
                    const Clock& clock);

  // Makes `account` react to the post, or no longer. Idempotent; durable before it returns. Returns
  // what stands under the post afterwards. Errors: kNotFound (also for posts that `account` may not
  // see), kUnavailable, kDeadline (outcome unknown: do it again).
  Awaitable<Result<social::PostTallies>> React(AccountId account, PostId post, Reaction reaction,
                                               bool present, Deadline deadline);

 private:
  Awaitable<Result<>> Publish(const ReactionChanged& event, Deadline deadline);

  social::SocialReads& social_;
  stores::Counters& counters_;
  stores::EventLog& log_;
  const Clock& clock_;
};

}  // namespace freshet::engagement
