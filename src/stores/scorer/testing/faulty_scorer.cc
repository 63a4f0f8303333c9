#include "stores/scorer/testing/faulty_scorer.h"

#include <utility>

namespace freshet::stores {

Awaitable<Result<std::vector<float>>> FaultyScorer::Score(ScoringBatch batch, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Score"));
  auto scores = co_await inner_.Score(std::move(batch), deadline);
  if (scores) CO_RETURN_IF_ERROR(plan_.After("Score"));
  co_return scores;
}

}  // namespace freshet::stores
