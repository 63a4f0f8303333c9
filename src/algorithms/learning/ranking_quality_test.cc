#include "algorithms/learning/ranking_quality.h"

#include <gtest/gtest.h>

#include <array>

namespace freshet::algorithms {
namespace {

TEST(RankingQualityTest, FirstPlacesCountMost) {
  RankingQuality quality(10);
  quality.Add(0);
  EXPECT_DOUBLE_EQ(quality.hit_rate(), 1);
  EXPECT_DOUBLE_EQ(quality.ndcg(), 1);
  quality.Add(2);  // 1 / log2(4)
  EXPECT_DOUBLE_EQ(quality.hit_rate(), 1);
  EXPECT_DOUBLE_EQ(quality.ndcg(), 0.75);
}

TEST(RankingQualityTest, PlacesBeyondTheCutoffCountNothing) {
  RankingQuality quality(10);
  quality.Add(9);
  quality.Add(10);
  EXPECT_DOUBLE_EQ(quality.hit_rate(), 0.5);
  EXPECT_EQ(quality.choices(), 2u);
}

TEST(RankingQualityTest, NoChoicesAreNoHits) {
  EXPECT_DOUBLE_EQ(RankingQuality(10).hit_rate(), 0);
  EXPECT_DOUBLE_EQ(RankingQuality(10).ndcg(), 0);
}

TEST(RankingQualityTest, TiesCountHalf) {
  const std::array scores{1.0F, 3.0F, 2.0F, 2.0F, 2.0F};
  EXPECT_EQ(PlaceOf(1, scores), 0u);
  EXPECT_EQ(PlaceOf(2, scores), 2u);
  EXPECT_EQ(PlaceOf(0, scores), 4u);
}

}  // namespace
}  // namespace freshet::algorithms
