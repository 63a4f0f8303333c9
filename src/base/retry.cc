#include "base/retry.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace freshet {

Duration BackoffDelay(const RetryPolicy& policy, std::int64_t failed, double random) {
  const double grown = static_cast<double>(policy.base_delay.count()) *
                       std::exp2(static_cast<double>(std::max<std::int64_t>(failed, 1) - 1));
  const double longest = std::min(static_cast<double>(policy.max_delay.count()), grown);
  return Duration(static_cast<std::int64_t>(std::clamp(random, 0.0, 1.0) * longest));
}

double RandomUnit() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace freshet
