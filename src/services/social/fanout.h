// The fan-out: each post to its author's own list, and on to the timelines of those who follow.
#pragma once

#include <span>
#include <string>

#include "base/async.h"
#include "base/describe.h"
#include "base/metrics.h"
#include "services/social/events.h"
#include "services/social/graph.h"
#include "services/social/posts.h"
#include "stores/activity/activity.h"
#include "stores/log/event_log.h"
#include "stores/pubsub/pubsub.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

struct FanoutOptions {
  std::int64_t celebrity_threshold = 10'000;
  std::int64_t batch = 1'000;

  static constexpr auto Describe() {
    return Description("fanout", "How posts reach their readers.",
                       Field("celebrity_threshold", &FanoutOptions::celebrity_threshold)
                           .Range(1, 1e9)
                           .Unit("followers")
                           .Doc("From this many followers on, an author's posts are merged when "
                                "read instead of pushed when written."),
                       Field("batch", &FanoutOptions::batch)
                           .Range(1, 10'000)
                           .Unit("followers")
                           .Doc("Followers that are read and pushed to at once."));
  }
};

// The consumer of kPostsTopic. Idempotent: processing an event again changes nothing but may tell a
// connected reader twice.
class Fanout {
 public:
  Fanout(FanoutOptions options, Graph& graph, Posts& posts, stores::Timelines& timelines,
         stores::Activity& activity, stores::PubSub& pubsub, const Clock& clock, Metrics& metrics);

  // Handles records of one partition in order. Errors: kInvalid (not a PostEvent), the stores'.
  Awaitable<Result<>> Handle(std::span<const stores::StoredRecord> records);

 private:
  Awaitable<Result<>> Deliver(const PostEvent& event, Deadline deadline);
  Awaitable<Result<>> Withdraw(const PostEvent& event, Deadline deadline);
  // Whether the author's posts are merged on read; decides it, durably, for those who just became
  // so.
  Awaitable<Result<bool>> IsCelebrity(AccountId author, Deadline deadline);
  // Calls `visit` with all followers, batch by batch.
  template <class Visit>
  Awaitable<Result<>> ForEachBatch(AccountId author, Deadline deadline, Visit visit);
  Awaitable<Result<>> Tell(std::span<const AccountId> people, const stores::Message& message,
                           Deadline deadline);

  const FanoutOptions options_;
  Graph& graph_;
  Posts& posts_;
  stores::Timelines& timelines_;
  stores::Activity& activity_;
  stores::PubSub& pubsub_;
  const Clock& clock_;
  Counter delivered_;
  Counter skipped_;
  Histogram lag_;
};

}  // namespace freshet::social
