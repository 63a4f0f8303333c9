// Stops calling what keeps failing, and finds out when it is well again (Nygard, Release It!,
// chapter 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/describe.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"

namespace freshet {

struct CircuitBreakerOptions {
  double failure_ratio = 0.5;       // opens when at least this share of the window's calls failed
  std::int64_t minimum_calls = 10;  // and the window holds at least this many
  Duration window{10'000};
  Duration open_for{30'000};  // then one probe is let through

  static constexpr auto Describe() {
    return Description("circuit_breaker", "When calls to a failing part are refused at once.",
                       Field("failure_ratio", &CircuitBreakerOptions::failure_ratio)
                           .Range(0.01, 1)
                           .Doc("Share of failed calls that opens it."),
                       Field("minimum_calls", &CircuitBreakerOptions::minimum_calls)
                           .Range(1, 1e6)
                           .Doc("Fewer calls than this never open it."),
                       Field("window", &CircuitBreakerOptions::window)
                           .Range(100, 3.6e6)
                           .Unit("ms")
                           .Doc("Over which the share is taken."),
                       Field("open_for", &CircuitBreakerOptions::open_for)
                           .Range(100, 3.6e6)
                           .Unit("ms")
                           .Doc("Until one call may probe."));
  }
};

// Thread-safe. Ask Admit before each call and tell Record how it went.
class CircuitBreaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };

  // `name` is the metric's label: freshet_circuit_breaker_state{part=name} (0 closed, 1 half open,
  // 2 open).
  CircuitBreaker(std::string name, CircuitBreakerOptions options, const Clock& clock,
                 Metrics& metrics);
  // For parts that come and go, such as the origins of a crawl, which have no series of their own:
  // is counted in `not_closed` while it is open or half open.
  CircuitBreaker(std::string name, CircuitBreakerOptions options, const Clock& clock,
                 Gauge not_closed);
  ~CircuitBreaker();
  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  // Grows whenever the breaker changes its mind: what became of a call that began before says
  // nothing of the part as it is now.
  using Generation = std::uint64_t;

  // Errors: kUnavailable with retry_after while open, and to all but one caller while half open. A
  // probe that records nothing for `open_for` is given up, and the next caller probes.
  Result<Generation> Admit();
  // `generation` is the one that Admit gave the call. `failed` says that the part is to blame:
  // unavailable, too slow, broken; a request that it rightly refused is no failure.
  void Record(Generation generation, bool failed);

  State state() const;

 private:
  void MoveTo(State state) REQUIRES(mutex_);

  const std::string name_;
  const CircuitBreakerOptions options_;
  const Clock& clock_;
  mutable Mutex mutex_;
  State state_ GUARDED_BY(mutex_) = State::kClosed;
  Generation generation_ GUARDED_BY(mutex_) = 0;
  SteadyTime window_start_ GUARDED_BY(mutex_);
  SteadyTime opened_at_ GUARDED_BY(mutex_);
  std::int64_t calls_ GUARDED_BY(mutex_) = 0;
  std::int64_t failures_ GUARDED_BY(mutex_) = 0;
  bool probing_ GUARDED_BY(mutex_) = false;
  SteadyTime probed_at_ GUARDED_BY(mutex_);
  std::optional<Gauge> state_gauge_;
  std::optional<Gauge> not_closed_;
};

}  // namespace freshet
