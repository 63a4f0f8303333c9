// How fast people react to a post.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Velocity {
  static constexpr std::string_view kName = "velocity";
  static constexpr std::string_view kReason = "popular_now";
  static constexpr double kMostPerHour = 1'000;  // counts as 1

  // 0 to 1: weighted reactions per hour on a logarithmic scale. The two hours that are added keep
  // the first like of a minute-old post from counting sixty.
  static double Of(const RankingCandidate& candidate) {
    const auto reactions =
        static_cast<double>(candidate.likes + 2 * candidate.comments + 3 * candidate.shares);
    const double per_hour = reactions / (HoursOf(candidate.age) + 2);
    return std::min(std::log1p(per_hour) / std::log1p(kMostPerHour), 1.0);
  }
};

}  // namespace freshet::algorithms
