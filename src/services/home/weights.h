// How much each feature of a post counts in the ranked home.
#pragma once

#include <array>

#include "algorithms/ranking/feature_row.h"

namespace freshet::home {

// In the order of algorithms::FeatureNames: recency, affinity, friendship, velocity, rarity,
// shared, link. What `freshet train ranker` finds; the people it learns from say nothing about the
// last two.
inline constexpr std::array<float, algorithms::kRankingFeatures> kWeights{
    4.33F, 2.59F, 2.16F, 12.32F, 1.42F, 0.0F, 0.0F};

}  // namespace freshet::home
