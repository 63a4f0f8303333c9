// How much each feature of a post counts in the ranked home.
#pragma once

#include <array>

#include "algorithms/ranking/feature_row.h"

namespace freshet::home {

// In the order of algorithms::FeatureNames: recency, affinity, friendship, velocity, rarity,
// shared, link.
inline constexpr std::array<float, algorithms::kRankingFeatures> kWeights{3.0F, 2.0F, 0.5F, 2.0F,
                                                                          0.5F, 0.2F, 0.1F};

}  // namespace freshet::home
