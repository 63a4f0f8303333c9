// Takes in what people do.
#pragma once

#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/metrics.h"
#include "services/clickstream/events.h"
#include "services/clickstream/types.h"
#include "services/social/api.h"
#include "stores/log/event_log.h"

namespace freshet::clickstream {

// Thread-safe.
class Collector {
 public:
  Collector(social::SocialReads& social, stores::EventLog& log, const Clock& clock,
            Metrics& metrics);

  // Checks each event by itself, says whose posts they are about, and appends the good ones to the
  // log; durable before it returns. What `account` may not see is unknown to it. Errors:
  // kUnavailable, kDeadline (outcome unknown: send them again).
  Awaitable<Result<Collected>> Collect(AccountId account, EventBatch batch, Deadline deadline);

 private:
  // Fills in authors; what cannot be seen has none afterwards.
  Awaitable<Result<>> FindAuthors(AccountId account, std::vector<UserAction>& actions,
                                  Deadline deadline);

  social::SocialReads& social_;
  stores::EventLog& log_;
  const Clock& clock_;
  Counter accepted_;
  Counter rejected_;
};

}  // namespace freshet::clickstream
