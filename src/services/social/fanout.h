// The fan-out: each post to its author's own list, and on to the timelines of those who follow.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/social/delivery.h"
#include "services/social/events.h"
#include "services/social/graph.h"
#include "services/social/posts.h"
#include "services/social/shares.h"
#include "stores/activity/activity.h"
#include "stores/log/event_log.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

struct FanoutOptions {
  std::int64_t celebrity_threshold = 10'000;
  std::int64_t celebrity_leave_percent = 90;
  std::int64_t large_from = 1'000;
  std::int64_t batch = 1'000;
  std::int64_t parallel_authors = 16;

  static constexpr auto Describe() {
    return Description("fanout", "How posts reach their readers.",
                       Field("celebrity_threshold", &FanoutOptions::celebrity_threshold)
                           .Range(1, 1e9)
                           .Unit("followers")
                           .Doc("From this many followers on, an author's posts are merged when "
                                "read instead of pushed when written."),
                       Field("celebrity_leave_percent", &FanoutOptions::celebrity_leave_percent)
                           .Range(1, 100)
                           .Unit("% of celebrity_threshold")
                           .Doc("Below this many followers they are pushed again."),
                       Field("large_from", &FanoutOptions::large_from)
                           .Range(1, 1e9)
                           .Unit("followers")
                           .Doc("From this many followers on, an author's posts are pushed by a "
                                "worker of their own, so that nobody else's wait for them."),
                       Field("batch", &FanoutOptions::batch)
                           .Range(1, 10'000)
                           .Unit("followers")
                           .Doc("Followers that are read and pushed to at once."),
                       Field("parallel_authors", &FanoutOptions::parallel_authors)
                           .Range(1, 1'000)
                           .Doc("Authors whose posts one worker pushes at the same time, in turns "
                                "of a batch."));
  }
};

// What the fan-out works with.
struct FanoutParts {
  Graph& graph;
  Posts& posts;
  Shares& shares;
  Delivery& delivery;
  stores::Timelines& timelines;
  stores::Activity& activity;
  stores::EventLog& log;
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
};

// The consumer of kPostsTopic, and for authors with many followers of kLargeFanoutTopic, to which
// the first hands them over: a flood of theirs then waits in a queue of its own. Within a queue
// authors take turns, and each one's posts keep their order.
//
// What an event says has happened is only the reason to look: what is delivered or withdrawn
// follows from what the database says of the post, before and again after. So events may be
// repeated, and come late, and a crash in the middle is mended by doing everything again; only a
// connected reader may be told twice.
class Fanout {
 public:
  Fanout(FanoutOptions options, FanoutParts parts);

  // Handle records of one partition in order. Errors: kInvalid (not a PostEvent), the stores'.
  Awaitable<Result<>> Handle(std::span<const stores::StoredRecord> records);
  Awaitable<Result<>> HandleLarge(std::span<const stores::StoredRecord> records);

 private:
  // One author's posts, in order.
  struct Run {
    AccountId author;
    std::vector<PostDelivery> deliveries;
  };
  struct Plan {
    std::vector<Run> small;
    std::vector<stores::Record> large;
  };

  Awaitable<Result<std::vector<PostDelivery>>> Read(std::span<const stores::StoredRecord> records);
  // Forgets what the events made stale.
  Awaitable<Result<>> Forget(std::span<const PostDelivery> deliveries);
  Awaitable<Result<>> ReadStates(std::span<PostDelivery> deliveries);
  // Puts the posts where they belong among their authors' own lists.
  Awaitable<Result<>> PutIntoLists(std::span<const PostDelivery> deliveries);
  Awaitable<Result<>> PutIntoOwnTimelines(std::span<const PostDelivery> deliveries);
  // Says to whom each goes; before, it settles who is a celebrity now.
  Awaitable<Result<Plan>> MakePlan(std::span<const PostDelivery> deliveries,
                                   std::span<const stores::StoredRecord> records);
  Awaitable<Result<>> DeliverAll(std::vector<Run> runs, Histogram& lag);
  // Does it again for posts that changed while they were delivered, until none did.
  Awaitable<Result<>> Settle(std::vector<PostDelivery> deliveries);
  bool IsPushed(AccountId author) const { return parts_.graph.celebrities().IsPushed(author); }
  Deadline Soon() const;  // of one call of a store: each page of followers has its own

  const FanoutOptions options_;
  FanoutParts parts_;
  Counter skipped_;
  Counter handed_over_;
  Histogram small_lag_;
  Histogram large_lag_;
};

}  // namespace freshet::social
