// Answers "what should I see next?".
#pragma once

#include <array>
#include <string>

#include "base/async.h"
#include "base/metrics.h"
#include "net/api/cursor.h"
#include "services/home/ranked_home.h"
#include "services/home/types.h"
#include "services/social/api.h"

namespace freshet::home {

// Thread-safe.
class HomeService {
 public:
  HomeService(social::SocialReads& social, RankedHome& ranked, const net::CursorCodec& cursors,
              Metrics& metrics);

  // One page as JSON (a FeedPage). Pages that follow each other by their cursors, in either order,
  // neither repeat nor skip a post that existed when the first was read, whatever is posted
  // meanwhile. Errors:
  // kInvalid (the cursor), kUnavailable, kDeadline.
  Awaitable<Result<std::string>> Page(AccountId person, FeedQuery query, Deadline deadline);

  // How many posts are newer than the page whose `newest` is given; at most 100. Errors: as Page.
  Awaitable<Result<NewerCount>> Newer(AccountId person, std::string since, Deadline deadline);

 private:
  // Where somebody is in their home by time.
  struct Position {
    PostId next;   // go on with entries older than this; 0: from the newest
    PostId began;  // when the first page was read
  };
  // Entries, and what of them may be shown.
  struct Stretch {
    social::HomePage page;
    std::vector<std::optional<social::ShownPost>> shown;
  };
  Result<Position> DecodePosition(const std::optional<std::string>& cursor) const;
  // Moves `position` on behind what it reads.
  Awaitable<Result<Stretch>> ReadStretch(AccountId person, Position& position, std::size_t limit,
                                         Deadline deadline);
  Awaitable<Result<std::string>> LatestPage(AccountId person, FeedQuery query, Deadline deadline);
  void Count(FeedRung rung) { rungs_[static_cast<std::size_t>(rung)].Add(); }

  social::SocialReads& social_;
  RankedHome& ranked_;
  const net::CursorCodec& cursors_;
  std::array<Counter, 4> rungs_;  // by FeedRung
};

}  // namespace freshet::home
