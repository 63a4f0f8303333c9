#include "stores/scorer/linear_scorer.h"

#include <fmt/format.h>

#include <numeric>

namespace freshet::stores {

Awaitable<Result<std::vector<float>>> LinearScorer::Score(ScoringBatch batch, Deadline deadline) {
  if (deadline.Expired(clock_)) co_return DeadlineExceeded("the call came after its deadline");
  if (batch.columns != weights_.size() || batch.values.size() % weights_.size() != 0) {
    co_return Invalid(fmt::format("the model takes {} features, not {} values in columns of {}",
                                  weights_.size(), batch.values.size(), batch.columns));
  }
  std::vector<float> scores;
  scores.reserve(batch.rows());
  for (auto row = batch.values.begin(); row != batch.values.end();
       row += static_cast<std::ptrdiff_t>(batch.columns)) {
    scores.push_back(std::inner_product(weights_.begin(), weights_.end(), row, 0.0F));
  }
  co_return scores;
}

std::vector<float> LinearScorer::Contributions(const ScoringBatch& batch) const {
  std::vector<float> shares = batch.values;
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] *= weights_[i % weights_.size()];
  return shares;
}

}  // namespace freshet::stores
