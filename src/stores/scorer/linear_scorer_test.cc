#include "stores/scorer/linear_scorer.h"

#include <gtest/gtest.h>

#include "base/io_threads.h"
#include "stores/scorer/testing/scorer_conformance.h"

namespace freshet::stores {
namespace {

INSTANTIATE_TEST_SUITE_P(Linear, ScorerConformance,
                         testing::Values(ScorerFactory{.name = "linear",
                                                       .make =
                                                           [](const Clock& clock) {
                                                             return std::make_unique<LinearScorer>(
                                                                 std::vector<float>{2, 0, 0},
                                                                 clock);
                                                           }}),
                         [](const auto& factory) { return factory.param.name; });

TEST(LinearScorer, AddsUpWhatEachFeatureIsWorth) {
  FakeClock clock;
  LinearScorer scorer({2, -1}, clock);
  const auto scores = RunBlocking(
      scorer.Score({.values = {3, 4, 0, 1}, .columns = 2}, Deadline::After(clock, Duration(1))));
  EXPECT_EQ(*scores, (std::vector<float>{2, -1}));
}

}  // namespace
}  // namespace freshet::stores
