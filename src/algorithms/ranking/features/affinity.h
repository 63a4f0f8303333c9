// How much the reader has to do with the author.
#pragma once

#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

struct Affinity {
  static constexpr std::string_view kName = "affinity";
  static constexpr std::string_view kReason = "close_to_you";
  static constexpr double kHalf = 10;  // the interaction score that counts one half

  // 0 to 1: saturates, so that the closest do not drown everybody else.
  static double Of(const RankingCandidate& candidate) {
    return candidate.affinity / (candidate.affinity + kHalf);
  }
};

}  // namespace freshet::algorithms
