#include "algorithms/ranking/feature_row.h"

#include "algorithms/ranking/features/affinity.h"
#include "algorithms/ranking/features/friendship.h"
#include "algorithms/ranking/features/link.h"
#include "algorithms/ranking/features/rarity.h"
#include "algorithms/ranking/features/recency.h"
#include "algorithms/ranking/features/shared.h"
#include "algorithms/ranking/features/velocity.h"

namespace freshet::algorithms {
namespace {

// The order is part of every trained model: add at the end only.
template <class... Features>
struct FeatureList {
  static constexpr std::array<std::string_view, sizeof...(Features)> kNames{Features::kName...};
  static constexpr std::array<std::string_view, sizeof...(Features)> kReasons{Features::kReason...};
  static FeatureRow Of(const RankingCandidate& candidate) {
    return {static_cast<float>(Features::Of(candidate))...};
  }
};

using AllFeatures = FeatureList<Recency, Affinity, Friendship, Velocity, Rarity, Shared, Link>;

}  // namespace

std::span<const std::string_view, kRankingFeatures> FeatureNames() { return AllFeatures::kNames; }

std::span<const std::string_view, kRankingFeatures> FeatureReasons() {
  return AllFeatures::kReasons;
}

FeatureRow FeaturesOf(const RankingCandidate& candidate) { return AllFeatures::Of(candidate); }

}  // namespace freshet::algorithms
