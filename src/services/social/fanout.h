// The fan-out: each post to its author's own list, and on to the timelines of those who follow.
#pragma once

#include <optional>
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
  // Posts of one partition that appeared one after another.
  Awaitable<Result<>> DeliverAll(std::span<const PostEvent> events);
  // Pushes one post to its author's followers and tells those who are connected. `shown` is empty
  // for posts that nobody is told about.
  Awaitable<Result<>> Deliver(const PostEvent& event, const std::optional<ShownPost>& shown);
  Awaitable<Result<>> Withdraw(const PostEvent& event);
  // Makes those of the authors celebrities, durably, who have become so: from then on their posts
  // are merged when read.
  Awaitable<Result<>> FindCelebrities(std::span<const PostEvent> events);
  bool IsCelebrity(AccountId author) const;
  // Whom of its followers a post may be shown to now.
  Awaitable<Result<FolloweeSet>> FriendsFor(const PostEvent& event);
  // Calls `visit` with all followers, batch by batch.
  template <class Visit>
  Awaitable<Result<>> ForEachBatch(AccountId author, Visit visit);
  Awaitable<Result<>> Tell(std::span<const AccountId> people, const stores::Message& message);

  Deadline Soon() const;  // of one call of a store: each page of followers has its own

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
