// What stands under each post: its counts, and what its reader did.
#pragma once

#include <span>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "services/engagement/options.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"

namespace freshet::engagement {

// When the counters fail, posts are shown with the counts of the database, which are of some
// minutes ago, and as if their reader had done nothing with them. Thread-safe.
class Tallies final : public social::PostEngagement {
 public:
  Tallies(EngagementOptions options, stores::Counters& counters, stores::Database& database,
          const Clock& clock, Metrics& metrics);

  Awaitable<Result<std::vector<social::PostTallies>>> Tally(AccountId viewer,
                                                            std::span<const std::uint64_t> posts,
                                                            Deadline deadline) override;
  Awaitable<Result<>> ShareChanged(social::ShareOfPost share, bool present,
                                   Deadline deadline) override;

 private:
  Awaitable<Result<std::vector<social::PostTallies>>> FromDatabase(
      std::span<const std::uint64_t> posts, Deadline deadline);

  const EngagementOptions options_;
  stores::Counters& counters_;
  stores::Database& database_;
  const Clock& clock_;
  Counter from_counters_;
  Counter from_database_;
};

}  // namespace freshet::engagement
