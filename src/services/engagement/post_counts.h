// What stands under each post, in the database: behind the counters by minutes, for queries and
// for when the counters fail.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <stop_token>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/engagement/options.h"
#include "services/social/types.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"
#include "stores/log/event_log.h"

namespace freshet::engagement {

// How much people make of a post: a comment counts as two likes, a share as three.
double EngagementScore(const social::PostCounts& counts);

// In the order of `posts`; zeros for those that nothing is known of.
Result<std::vector<social::PostCounts>> ReadPostCounts(stores::Transaction& tx,
                                                       std::span<const std::uint64_t> posts);
// A post with no likes, comments and shares has no row.
Result<> WritePostCounts(stores::Transaction& tx, std::uint64_t post,
                         const social::PostCounts& counts, Timestamp now);

// What the counters say of each post, with all that their topic tells now; in the order of `posts`.
// Errors: the counters'.
Awaitable<Result<std::vector<social::PostCounts>>> CountPosts(stores::Counters& counters,
                                                              std::span<const std::uint64_t> posts,
                                                              Deadline deadline);

// Follows the topic of the counters to learn which posts have changed. How far it has read stands
// in the database and moves with the counts, so that none is lost or, having been written, written
// again. One at a time.
class PostCountsKeeper {
 public:
  PostCountsKeeper(EngagementOptions options, stores::Database& database,
                   stores::Counters& counters, stores::EventLog& log, const Clock& clock,
                   Logger& logger, Metrics& metrics);

  // Writes the counts of every post that changed before this call. Returns how many there were.
  Awaitable<Result<std::int64_t>> Flush(Deadline deadline);

  // Flushes every counts_interval.
  Awaitable<> Run(std::stop_token stop);

 private:
  using Progress = std::map<std::uint32_t, stores::Offset>;  // by partition: what is read next
  struct Pass;
  Awaitable<Result<Progress>> ReadProgress(Deadline deadline);
  Awaitable<Result<>> ReadPartition(Pass& pass, const stores::PartitionState& partition,
                                    Deadline deadline);
  Awaitable<Result<>> Write(Pass& pass, Deadline deadline);

  const EngagementOptions options_;
  stores::Database& database_;
  stores::Counters& counters_;
  stores::EventLog& log_;
  const Clock& clock_;
  Logger& logger_;
  Counter written_;
  Counter failures_;
};

}  // namespace freshet::engagement
