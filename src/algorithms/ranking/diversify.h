// Puts ranked posts into the order in which they are shown.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/id.h"

namespace freshet::algorithms {

struct RankedPost {
  std::uint64_t id = 0;
  AccountId author = {};
  double score = 0;
  bool seen = false;
};

// The indices of `posts`, those not seen before those that were, best first (the newer first among
// equals), such that no author stands
// twice in a row while somebody else is left; nor right after `before`, the author of what was
// shown last (none: of nothing). Greedy: always the best that may stand next. O(n log n).
std::vector<std::size_t> Diversify(std::span<const RankedPost> posts, AccountId before);

}  // namespace freshet::algorithms
