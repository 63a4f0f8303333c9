// What every scorer must do. An adapter's test instantiates the suite with a way to make one of
// three columns that grows with the first and does not look at the others.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "stores/scorer/scorer.h"

namespace freshet::stores {

struct ScorerFactory {
  std::string name;
  std::function<std::unique_ptr<Scorer>(const Clock& clock)> make;
};

class ScorerConformance : public testing::TestWithParam<ScorerFactory> {
 protected:
  Result<std::vector<float>> Score(std::vector<float> values, std::size_t columns = 3);

  FakeClock clock_;
  std::unique_ptr<Scorer> scorer_ = GetParam().make(clock_);
};

}  // namespace freshet::stores
