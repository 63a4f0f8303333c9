// Whether reader and author follow each other.
#pragma once

#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Friendship {
  static constexpr std::string_view kName = "friendship";
  static constexpr std::string_view kReason = "friend";

  static double Of(const RankingCandidate& candidate) { return candidate.friends ? 1 : 0; }
};

}  // namespace freshet::algorithms
