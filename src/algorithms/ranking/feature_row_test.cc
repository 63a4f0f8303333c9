#include "algorithms/ranking/feature_row.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace freshet::algorithms {
namespace {

using std::chrono::hours;

float Feature(std::string_view name, const RankingCandidate& candidate) {
  const auto names = FeatureNames();
  const auto column = std::ranges::find(names, name) - names.begin();
  return FeaturesOf(candidate)[static_cast<std::size_t>(column)];
}

TEST(FeatureRow, EveryFeatureLiesBetweenNoughtAndOne) {
  const RankingCandidate least;
  const RankingCandidate most{.id = 1,
                              .author = AccountId{1},
                              .age = hours(24 * 365 * 10),
                              .affinity = 1e9,
                              .friends = true,
                              .shared = true,
                              .has_link = true,
                              .likes = 1'000'000'000,
                              .comments = 1'000'000'000,
                              .shares = 1'000'000'000,
                              .posts_by_author = 1'000'000};
  for (const auto& candidate : {least, most}) {
    for (const float value : FeaturesOf(candidate)) {
      EXPECT_GE(value, 0);
      EXPECT_LE(value, 1);
    }
  }
}

TEST(FeatureRow, RecencyHalvesEachDay) {
  EXPECT_FLOAT_EQ(Feature("recency", {.age = hours(0)}), 1);
  EXPECT_FLOAT_EQ(Feature("recency", {.age = hours(24)}), 0.5F);
  EXPECT_FLOAT_EQ(Feature("recency", {.age = hours(48)}), 0.25F);
}

TEST(FeatureRow, AffinitySaturates) {
  EXPECT_FLOAT_EQ(Feature("affinity", {.affinity = 0}), 0);
  EXPECT_FLOAT_EQ(Feature("affinity", {.affinity = 10}), 0.5F);
  EXPECT_GT(Feature("affinity", {.affinity = 1'000}), 0.98F);
}

TEST(FeatureRow, TheSameReactionsCountMoreOnANewerPost) {
  EXPECT_GT(Feature("velocity", {.age = hours(1), .likes = 50}),
            Feature("velocity", {.age = hours(30), .likes = 50}));
  EXPECT_GT(Feature("velocity", {.age = hours(1), .shares = 50}),
            Feature("velocity", {.age = hours(1), .likes = 50}));
}

TEST(FeatureRow, WhoPostsOftenIsLessRare) {
  EXPECT_FLOAT_EQ(Feature("rarity", {.posts_by_author = 1}), 1);
  EXPECT_FLOAT_EQ(Feature("rarity", {.posts_by_author = 4}), 0.25F);
}

}  // namespace
}  // namespace freshet::algorithms
