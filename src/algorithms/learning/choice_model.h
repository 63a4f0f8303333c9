// Learns from choices what makes something be chosen.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace freshet::algorithms {

// Somebody was shown some things and chose one.
struct Choice {
  std::vector<float> values;  // row after row: one row for each thing, one column for each feature
  std::size_t chosen = 0;     // its row
};

struct ChoiceModelOptions {
  std::size_t columns = 0;
  double ridge = 1;  // pulls weights towards 0, against columns that say nothing
  int most_steps = 50;
};

// The weights that make the choices most likely, when the probability of choosing a row is
// exp(weights * row) over the sum of that for all rows (conditional logit: McFadden, Conditional
// logit analysis of qualitative choice behavior, 1974): the likelihood is concave, and Newton's
// method climbs it. O(steps * values * columns). Choices must have at least one row.
std::vector<float> FitChoiceModel(std::span<const Choice> choices,
                                  const ChoiceModelOptions& options);

}  // namespace freshet::algorithms
