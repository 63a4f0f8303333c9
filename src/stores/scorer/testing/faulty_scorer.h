// A scorer that goes wrong when told to.
#pragma once

#include "base/testing/fault_plan.h"
#include "stores/scorer/scorer.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each call of Score. Thread-safe.
class FaultyScorer final : public Scorer {
 public:
  FaultyScorer(Scorer& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Awaitable<Result<std::vector<float>>> Score(ScoringBatch batch, Deadline deadline) override;
  std::vector<float> Contributions(const ScoringBatch& batch) const override {
    return inner_.Contributions(batch);
  }

 private:
  Scorer& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
