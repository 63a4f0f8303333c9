#include "algorithms/learning/choice_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace freshet::algorithms {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;

// Choices by somebody who has these weights.
std::vector<Choice> ChoicesBy(const std::vector<float>& weights, std::size_t count) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<float> value(0, 1);
  std::vector<Choice> choices(count);
  for (auto& choice : choices) {
    std::vector<double> chances;
    for (int row = 0; row < 10; ++row) {
      double score = 0;
      for (const float weight : weights) {
        choice.values.push_back(value(random));
        score += weight * choice.values.back();
      }
      chances.push_back(std::exp(score));
    }
    choice.chosen = std::discrete_distribution<std::size_t>(chances.begin(), chances.end())(random);
  }
  return choices;
}

TEST(ChoiceModelTest, FindsTheWeightsThatWereChosenBy) {
  const auto choices = ChoicesBy({2, -1, 0}, 5'000);
  EXPECT_THAT(FitChoiceModel(choices, {.columns = 3}),
              ElementsAre(FloatNear(2, 0.2F), FloatNear(-1, 0.2F), FloatNear(0, 0.2F)));
}

TEST(ChoiceModelTest, WithoutChoicesNothingCounts) {
  EXPECT_THAT(FitChoiceModel({}, {.columns = 2}), Each(0.0F));
}

TEST(ChoiceModelTest, AColumnThatIsAlwaysTheSameCountsNothing) {
  auto choices = ChoicesBy({1, 0}, 500);
  for (auto& choice : choices) {
    for (std::size_t i = 1; i < choice.values.size(); i += 2) choice.values[i] = 0.5F;
  }
  EXPECT_THAT(FitChoiceModel(choices, {.columns = 2})[1], FloatNear(0, 1e-3F));
}

TEST(ChoiceModelTest, AFeatureThatDecidesAlwaysGetsAFiniteWeight) {
  std::vector<Choice> choices(100, Choice{.values = {0, 1, 0}, .chosen = 1});
  const auto weights = FitChoiceModel(choices, {.columns = 1});
  EXPECT_GT(weights[0], 2);
  EXPECT_LT(weights[0], 50);
}

}  // namespace
}  // namespace freshet::algorithms
