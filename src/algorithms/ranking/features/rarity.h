// How seldom the author posts: who says little is not talked over by who says much.
#pragma once

#include <algorithm>
#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Rarity {
  static constexpr std::string_view kName = "rarity";
  static constexpr std::string_view kReason = "posts_rarely";

  // 1 for the author's only post among the candidates, 1/n for one of n.
  static double Of(const RankingCandidate& candidate) {
    return 1.0 / static_cast<double>(std::max<std::int64_t>(candidate.posts_by_author, 1));
  }
};

}  // namespace freshet::algorithms
