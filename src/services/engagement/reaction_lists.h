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

namespace freshet::engagement {

// Somebody reacted to a post, or took it back.
struct ReactionChange {
  Reaction reaction = Reaction::kLike;
  PostId post;
  AccountId account;
  bool present = true;
  bool anew = false;  // it was taken back just before
  Timestamp at;
};

// The lists follow what the counters tell. Thread-safe.
class ReactionLists {
 public:
  explicit ReactionLists(stores::Activity& activity) : activity_(activity) {}

  // Makes the lists say what `changes` say, of which no two may be of the same reaction.
  // Idempotent; changes of one reaction must come in their order.
  Awaitable<Result<>> Follow(std::span<const ReactionChange> changes, Deadline deadline);

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

  stores::Activity& activity_;
};

}  // namespace freshet::engagement
