// Whether there is something to look at.
#pragma once

#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Media {
  static constexpr std::string_view kName = "media";
  static constexpr std::string_view kReason = "has_pictures";

  static double Of(const RankingCandidate& candidate) { return candidate.has_media ? 1 : 0; }
};

}  // namespace freshet::algorithms
