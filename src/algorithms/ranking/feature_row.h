// All features of a candidate, in the order in which models take them. Serving and training call
// the same code, so that a model never meets features that it was not trained on.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "algorithms/ranking/candidate.h"

namespace freshet::algorithms {

inline constexpr std::size_t kRankingFeatures = 7;

using FeatureRow = std::array<float, kRankingFeatures>;

// By column.
std::span<const std::string_view, kRankingFeatures> FeatureNames();
// What a reader is told when the feature moved a post up, by column.
std::span<const std::string_view, kRankingFeatures> FeatureReasons();

FeatureRow FeaturesOf(const RankingCandidate& candidate);

}  // namespace freshet::algorithms
