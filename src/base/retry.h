// How long to wait before calling again what failed for the moment.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace freshet {

// Exponential backoff with full jitter (Brooker, Exponential Backoff And Jitter, AWS Architecture
// Blog 2015): before the n-th repetition a uniformly random time from 0 to
// min(max_delay, base_delay * 2^(n - 1)).
struct RetryPolicy {
  std::int64_t attempts = 3;  // the first one included
  Duration base_delay{100};
  Duration max_delay{10'000};
};

// The pause after the `failed`-th failure (from 1); `random` is from [0, 1].
Duration BackoffDelay(const RetryPolicy& policy, std::int64_t failed, double random);

// Uniform in [0, 1), from a generator of the calling thread.
double RandomUnit();

}  // namespace freshet
