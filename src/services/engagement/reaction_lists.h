// What each person likes and has saved, as long durable lists.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "services/engagement/types.h"
#include "stores/activity/activity.h"
#include "stores/counters/counters.h"

namespace freshet::engagement {

// Somebody reacted to a post, or took it back: which of the two, the counters say.
struct ReactionChange {
  Reaction reaction = Reaction::kLike;
  PostId post;
  AccountId account;
  Timestamp at;

  bool SameReaction(const ReactionChange& other) const {
    return reaction == other.reaction && post == other.post && account == other.account;
  }
};

// The lists follow the counters. Thread-safe.
class ReactionLists {
 public:
  ReactionLists(stores::Counters& counters, stores::Activity& activity)
      : counters_(counters), activity_(activity) {}

  // Makes the lists say of each change what the counters say now, and returns it: whether the
  // reaction is there. No two changes may be of the same reaction. Idempotent.
  Awaitable<Result<std::vector<bool>>> Follow(std::span<const ReactionChange> changes,
                                              Deadline deadline);

  struct Entry {
    std::uint64_t position = 0;  // descending; where the next page begins
    PostId post;
  };
  // What `account` saved, newest saved first, or liked, newest post first, from below `before` (0:
  // from the start).
  Awaitable<Result<std::vector<Entry>>> Page(AccountId account, Reaction reaction,
                                             std::uint64_t before, std::size_t limit,
                                             Deadline deadline);

 private:
  // Of each save of `changes` the position in the list; 0 where it has none.
  Awaitable<Result<std::vector<std::uint64_t>>> SavePositions(
      std::span<const ReactionChange> changes, Deadline deadline);

  stores::Counters& counters_;
  stores::Activity& activity_;
};

}  // namespace freshet::engagement
