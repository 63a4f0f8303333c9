// The port to models that score candidates.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace freshet::stores {

// Candidates by features, row after row: rows x columns values.
struct ScoringBatch {
  std::vector<float> values;
  std::size_t columns = 0;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
};

// Thread-safe.
class Scorer {
 public:
  virtual ~Scorer() = default;

  // One score for each row, greater is better; scores of one batch can be compared with each other
  // only. Errors: kInvalid (the columns are not the model's), kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<float>>> Score(ScoringBatch batch, Deadline deadline) = 0;

  // How much each feature added to each row's score, in the shape of `batch`, for models that can
  // tell; empty for those that cannot.
  virtual std::vector<float> Contributions(const ScoringBatch& batch) const = 0;
};

}  // namespace freshet::stores
