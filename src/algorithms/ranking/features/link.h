// Whether the post leads somewhere.
#pragma once

#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Link {
  static constexpr std::string_view kName = "link";
  static constexpr std::string_view kReason = "has_link";

  static double Of(const RankingCandidate& candidate) { return candidate.has_link ? 1 : 0; }
};

}  // namespace freshet::algorithms
