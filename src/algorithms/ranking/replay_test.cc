#include "algorithms/ranking/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace freshet::algorithms {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Timestamp At(int hour) { return Timestamp(std::chrono::hours(hour)); }

class ReplayTest : public testing::Test {
 protected:
  std::vector<ReplayDecision> Decisions() {
    std::vector<ReplayDecision> decisions;
    Replay(world_, options_, [&](ReplayDecision decision) { decisions.push_back(decision); });
    return decisions;
  }
  static float Feature(const ReplayDecision& decision, std::size_t row, std::string_view name) {
    const auto names = FeatureNames();
    const auto column = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    return decision.values[row * kRankingFeatures + column];
  }

  // Person 0 follows 1 and 2, and 1 follows back.
  ReplayWorld world_{.people = 4,
                     .follows = {{0, 1}, {0, 2}, {1, 0}},
                     .posts = {{.author = 1, .at = At(1)},
                               {.author = 3, .at = At(2)},
                               {.author = 2, .at = At(3)},
                               {.author = 1, .at = At(9)}},
                     .interactions = {}};
  ReplayOptions options_{.weight = [](ReplayAction) { return 10.0; }};
};

TEST_F(ReplayTest, CandidatesAreTheFolloweesPostsBeforeTheAction) {
  world_.interactions = {{.person = 0, .post = 0, .at = At(5)}};
  const auto decisions = Decisions();
  ASSERT_THAT(decisions, SizeIs(1));
  EXPECT_EQ(decisions[0].rows(), 2u);  // posts 2 and 0
  EXPECT_EQ(decisions[0].chosen, 1u);
  EXPECT_GT(Feature(decisions[0], 0, "recency"), Feature(decisions[0], 1, "recency"));
  EXPECT_EQ(Feature(decisions[0], 0, "friendship"), 0);
  EXPECT_EQ(Feature(decisions[0], 1, "friendship"), 1);
}

TEST_F(ReplayTest, WhatCameLaterIsNotKnown) {
  world_.interactions = {{.person = 0, .post = 0, .at = At(5)},
                         {.person = 0, .post = 0, .at = At(6)}};
  const auto decisions = Decisions();
  ASSERT_THAT(decisions, SizeIs(2));
  EXPECT_THAT(decisions[0].reactions, ElementsAre(0, 0));
  EXPECT_EQ(Feature(decisions[0], 1, "affinity"), 0);
  EXPECT_THAT(decisions[1].reactions, ElementsAre(0, 1));
  EXPECT_NEAR(Feature(decisions[1], 1, "affinity"), 0.5, 0.01);
  EXPECT_EQ(Feature(decisions[1], 0, "affinity"), 0);
}

TEST_F(ReplayTest, ActionsOnWhatWasNotInTheHomeAreNoDecisions) {
  world_.interactions = {{.person = 0, .post = 1, .at = At(5)}};
  EXPECT_THAT(Decisions(), SizeIs(0));
  options_.candidates = 1;
  world_.interactions = {{.person = 0, .post = 0, .at = At(5)}};
  EXPECT_THAT(Decisions(), SizeIs(0));
}

}  // namespace
}  // namespace freshet::algorithms
