// Calling again what failed for the moment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/result.h"

namespace freshet {

// Exponential backoff with full jitter (Brooker, Exponential Backoff And Jitter, AWS Architecture
// Blog 2015): before the n-th repetition a uniformly random time from 0 to
// min(max_delay, base_delay * 2^(n - 1)).
struct RetryPolicy {
  std::int64_t attempts = 3;  // the first one included
  Duration base_delay{100};
  Duration max_delay{10'000};

  static constexpr auto Describe() {
    return Description("retry", "How often, and after which pauses, a failed call is repeated.",
                       Field("attempts", &RetryPolicy::attempts)
                           .Range(1, 100)
                           .Doc("Calls altogether, the first one included."),
                       Field("base_delay", &RetryPolicy::base_delay)
                           .Range(1, 3.6e6)
                           .Unit("ms")
                           .Doc("Longest pause before the first repetition; doubles each time."),
                       Field("max_delay", &RetryPolicy::max_delay)
                           .Range(1, 3.6e6)
                           .Unit("ms")
                           .Doc("No pause is longer than this."));
  }
};

// The pause after the `failed`-th failure (from 1); `random` is from [0, 1].
Duration BackoffDelay(const RetryPolicy& policy, std::int64_t failed, double random);

// Uniform in [0, 1), from a generator of the calling thread.
double RandomUnit();

// What Retry needs besides the policy.
struct RetryContext {
  const Clock& clock;
  Deadline deadline;
  std::stop_token stop = {};
  std::function<double()> random = RandomUnit;
  std::function<Awaitable<bool>(Duration, std::stop_token)> pause =
      [](Duration delay, std::stop_token stop) { return Sleep(delay, std::move(stop)); };
};

// The pause before the next attempt, or nothing when `error` is final: it is not retryable, the
// attempts are used up, the stop is requested, or the pause would end after the deadline. A
// retry_after prolongs the pause; one above max_delay is final too, so that the caller can decide.
std::optional<Duration> NextPause(const RetryPolicy& policy, const RetryContext& context,
                                  const Error& error, std::int64_t failed);

// Calls `operation`, which returns Awaitable<Result<T>>, until it succeeds or its error is final,
// and returns the last outcome. Pass state that must outlive the first suspension by value, or
// await the call at once.
//   auto answer = co_await Retry(policy, {clock_, deadline, stop}, [&] { return Ask(deadline); });
template <class Operation>
std::invoke_result_t<Operation&> Retry(RetryPolicy policy, RetryContext context,
                                       Operation operation) {
  for (std::int64_t failed = 1;; ++failed) {
    auto outcome = co_await operation();
    if (outcome) co_return outcome;
    const auto pause = NextPause(policy, context, outcome.error(), failed);
    if (!pause) co_return outcome;
    if (!co_await context.pause(*pause, context.stop)) co_return outcome;
  }
}

}  // namespace freshet
