// Whether somebody passed the post on to the reader.
#pragma once

#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Shared {
  static constexpr std::string_view kName = "shared";
  static constexpr std::string_view kReason = "shared_by_somebody_you_follow";

  static double Of(const RankingCandidate& candidate) { return candidate.shared ? 1 : 0; }
};

}  // namespace freshet::algorithms
