// What a person's followees posted, newest first, exactly: from the timeline as far as it is
// complete, from the authors' own lists beyond it, and from the celebrities' lists at every
// reading.
#pragma once

#include <cstdint>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/social/api.h"
#include "services/social/graph.h"
#include "services/social/visibility.h"
#include "stores/activity/activity.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

// Thread-safe.
class HomeTimeline {
 public:
  HomeTimeline(Graph& graph, Visibility& visibility, stores::Timelines& timelines,
               stores::Activity& activity, const Clock& clock, Logger& logger, Metrics& metrics);

  // The newest entries older than `before` (0: the newest of all) by those whom `person` follows
  // and by `person`, but not by whom `person` mutes; at most `limit`, and fewer only because some
  // were left out or none are older.
  // O(limit) when the timeline covers the page; else one merge over the followees' lists. Errors:
  // kUnavailable, kDeadline, when no rung could answer.
  Awaitable<Result<HomePage>> Latest(AccountId person, PostId before, std::size_t limit,
                                     Deadline deadline);

  // Makes the account's timelines anew from the authors' lists where they are present, without
  // their being absent in between; absent ones are made when somebody reads. Returns how many there
  // were. Errors: as Latest.
  Awaitable<Result<std::int64_t>> Renew(AccountId account, Deadline deadline);

 private:
  struct Request {
    AccountId person;
    PostId before;
    std::size_t limit;
    Deadline deadline;
  };

  // Entries from the timeline, rebuilding it if it is absent, and on into the source where it ends.
  Awaitable<Result<HomePage>> ReadPushed(const Request& request);
  Awaitable<Result<stores::TimelineSlice>> RebuildHome(AccountId person, Deadline deadline);
  Awaitable<Result<stores::TimelineSlice>> RebuildAuthor(AccountId author, Deadline deadline);
  // Fills an absent timeline with what `read` finds at its source: a coroutine that returns
  // Result<std::vector<stores::TimelineEntry>>.
  template <class Read>
  Awaitable<Result<stores::TimelineSlice>> Rebuild(stores::TimelineKey key, Deadline deadline,
                                                   Read read);
  // The newest posts of those celebrities whom the person follows.
  Awaitable<Result<HomePage>> ReadCelebrities(const Request& request, const FolloweeSet& followees);
  // From the authors' own lists, descending, at most `limit`.
  Awaitable<Result<std::vector<stores::TimelineEntry>>> MergeLists(std::vector<AccountId> authors,
                                                                   PostId before, std::size_t limit,
                                                                   Deadline deadline);
  // What makes up the person's home: the lists of the followees and both of the person's own.
  Awaitable<Result<std::vector<stores::TimelineEntry>>> MergeHome(AccountId person, PostId before,
                                                                  std::size_t limit,
                                                                  Deadline deadline);

  Graph& graph_;
  Visibility& visibility_;
  stores::Timelines& timelines_;
  stores::Activity& activity_;
  const Clock& clock_;
  Logger& logger_;
  Counter hits_;
  Counter rebuilds_;
  Counter deep_reads_;
};

}  // namespace freshet::social
