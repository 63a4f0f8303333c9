// Compares counts with what they count, in the background, and mends what differs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/engagement/options.h"
#include "services/engagement/post_counts.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"
#include "stores/log/event_log.h"

namespace freshet::engagement {

// One thing that is not as it should be: a member of a set that is missing or too many, or the
// counts of a post in the database.
struct Drift {
  enum class Kind : std::uint8_t { kMissing, kExtra, kCounts };

  Kind kind = Kind::kMissing;
  stores::CounterKey set;    // of kCounts: any of the post's
  std::uint64_t member = 0;  // of kCounts: a hash of both sides

  bool operator==(const Drift&) const = default;
};

struct ReconcilerParts {
  social::SocialReads& social;
  PostCountsKeeper& counts;
  stores::Database& database;
  stores::Counters& counters;
  stores::EventLog& log;
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
};

// The truth of comments is the database, of shares what social says, of likes and saves the
// counters themselves. What is under way is no drift: only a difference that is the same after
// reconcile_patience, with nothing waiting for engagement's workers, counts as found
// (freshet_engagement_drift_total). One at a time.
class Reconciler {
 public:
  Reconciler(EngagementOptions options, ReconcilerParts parts);

  // Goes through the posts slice by slice, for ever.
  Awaitable<> Run(std::stop_token stop);
  // Goes through all posts once, now; `compared` is told how many at a time. Returns how much drift
  // there was. Errors: the stores'; kUnavailable when the workers are never done.
  Awaitable<Result<std::int64_t>> CompareAll(const std::function<void(std::int64_t)>& compared,
                                             std::stop_token stop);
  // Posts that CompareAll would go through.
  Awaitable<Result<std::int64_t>> CountPostsToCompare(Deadline deadline);
  // Compares the next reconcile_posts posts and mends them. Returns how much drift there was.
  Awaitable<Result<std::int64_t>> CompareSlice(std::stop_token stop);

 private:
  using Ids = std::vector<std::uint64_t>;
  // A part of a sorted list of ids: those beyond `after`, ascending, at most `limit`.
  using ReadIds = std::function<Awaitable<Result<Ids>>(std::uint64_t after, std::size_t limit)>;

  Awaitable<Result<Ids>> NextPosts(Deadline deadline);
  Awaitable<Result<std::vector<Drift>>> Compare(const Ids& posts, Deadline deadline);
  Awaitable<Result<>> CompareSet(stores::CounterKey set, const ReadIds& truth,
                                 std::vector<Drift>& found, Deadline deadline);
  Awaitable<Result<>> CompareShares(PostId post, std::vector<Drift>& found, Deadline deadline);
  Awaitable<Result<>> CompareCounts(const Ids& posts, std::vector<Drift>& found, Deadline deadline);
  Awaitable<Result<>> Mend(const std::vector<Drift>& found, Deadline deadline);
  // Whether the workers have read everything.
  Awaitable<Result<bool>> NothingWaits(Deadline deadline);
  Awaitable<Result<Ids>> Members(stores::CounterKey set, std::uint64_t after, std::size_t limit,
                                 Deadline deadline);

  const EngagementOptions options_;
  const ReconcilerParts parts_;
  Counter drift_;
  Counter compared_;
  std::atomic<bool> busy_{false};
  std::uint64_t after_ = 0;  // the last post that was compared
};

}  // namespace freshet::engagement
