// A weighted sum.
#pragma once

#include <vector>

#include "base/clock.h"
#include "stores/scorer/scorer.h"

namespace freshet::stores {

class LinearScorer final : public Scorer {
 public:
  // One weight for each column.
  LinearScorer(std::vector<float> weights, const Clock& clock)
      : weights_(std::move(weights)), clock_(clock) {}

  Awaitable<Result<std::vector<float>>> Score(ScoringBatch batch, Deadline deadline) override;
  std::vector<float> Contributions(const ScoringBatch& batch) const override;

 private:
  const std::vector<float> weights_;
  const Clock& clock_;
};

}  // namespace freshet::stores
