#include "stores/scorer/testing/scorer_conformance.h"

#include <gmock/gmock.h>

#include "base/io_threads.h"

namespace freshet::stores {

using testing::IsEmpty;
using testing::SizeIs;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ScorerConformance);

Result<std::vector<float>> ScorerConformance::Score(std::vector<float> values,
                                                    std::size_t columns) {
  return RunBlocking(scorer_->Score({.values = std::move(values), .columns = columns},
                                    Deadline::After(clock_, Duration(1'000))));
}

TEST_P(ScorerConformance, GivesEachRowOneScore) {
  const auto scores = Score({0.1F, 1, 0, 0.9F, 0, 1, 0.5F, 0, 0});
  ASSERT_TRUE(scores) << scores.error().ToString();
  ASSERT_THAT(*scores, SizeIs(3));
  EXPECT_LT(scores->at(0), scores->at(2));
  EXPECT_LT(scores->at(2), scores->at(1));
}

TEST_P(ScorerConformance, GivesTheSameRowTheSameScore) {
  EXPECT_EQ(Score({0.3F, 0, 0})->front(), Score({0.9F, 0, 0, 0.3F, 0, 0})->back());
}

TEST_P(ScorerConformance, NothingHasNoScores) { EXPECT_THAT(*Score({}), IsEmpty()); }

TEST_P(ScorerConformance, RefusesOtherColumns) {
  EXPECT_EQ(Score({1, 2}, 2).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(Score({1, 2, 3, 4}, 3).error().kind(), ErrorKind::kInvalid);
}

TEST_P(ScorerConformance, DoesNothingAfterTheDeadline) {
  const auto late = RunBlocking(
      scorer_->Score({.values = {1, 2, 3}, .columns = 3}, Deadline::After(clock_, Duration(0))));
  EXPECT_EQ(late.error().kind(), ErrorKind::kDeadline);
}

TEST_P(ScorerConformance, ContributionsAddUpToTheScoreWhereThereAreSome) {
  const ScoringBatch batch{.values = {0.25F, 0.5F, 1}, .columns = 3};
  const auto shares = scorer_->Contributions(batch);
  if (shares.empty()) GTEST_SKIP() << "the model cannot tell";
  ASSERT_THAT(shares, SizeIs(3));
  EXPECT_FLOAT_EQ(shares[0] + shares[1] + shares[2], Score(batch.values)->front());
}

}  // namespace freshet::stores
