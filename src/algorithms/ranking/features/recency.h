// How new a post is: halves with every half-life.
#pragma once

#include <cmath>
#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Recency {
  static constexpr std::string_view kName = "recency";
  static constexpr std::string_view kReason = "new";
  static constexpr double kHalfLifeHours = 24;

  // 1 for a post of this moment, towards 0 with age.
  static double Of(const RankingCandidate& candidate) {
    return std::exp2(-HoursOf(candidate.age) / kHalfLifeHours);
  }
};

}  // namespace freshet::algorithms
