#include "base/circuit_breaker.h"

#include <fmt/format.h>

namespace freshet {

CircuitBreaker::CircuitBreaker(std::string name, CircuitBreakerOptions options, const Clock& clock,
                               Metrics& metrics)
    : name_(std::move(name)),
      options_(options),
      clock_(clock),
      window_start_(clock.Steady()),
      state_gauge_(metrics.GetGauge("freshet_circuit_breaker_state",
                                    "0 closed, 1 half open, 2 open", {{"part", name_}})) {}

CircuitBreaker::CircuitBreaker(std::string name, CircuitBreakerOptions options, const Clock& clock,
                               Gauge not_closed)
    : name_(std::move(name)),
      options_(options),
      clock_(clock),
      window_start_(clock.Steady()),
      not_closed_(not_closed) {}

CircuitBreaker::~CircuitBreaker() {
  if (not_closed_ && state() != State::kClosed) not_closed_->Add(-1);
}

Result<CircuitBreaker::Generation> CircuitBreaker::Admit() {
  MutexLock lock(mutex_);
  if (state_ == State::kClosed) return generation_;
  const auto waited = std::chrono::duration_cast<Duration>(clock_.Steady() - opened_at_);
  if (state_ == State::kOpen && waited >= options_.open_for) MoveTo(State::kHalfOpen);
  // A probe whose outcome is never told must not keep the others out for ever.
  const bool probe_is_lost = clock_.Steady() - probed_at_ >= options_.open_for;
  if (state_ == State::kHalfOpen && (!probing_ || probe_is_lost)) {
    probing_ = true;
    probed_at_ = clock_.Steady();
    return ++generation_;
  }
  const auto retry_after = state_ == State::kOpen ? options_.open_for - waited : Duration(1'000);
  return Failure(Error(ErrorKind::kUnavailable,
                       fmt::format("{} is failing and not called for the moment.", name_),
                       "circuit_open")
                     .WithRetryAfter(retry_after));
}

void CircuitBreaker::Record(Generation generation, bool failed) {
  MutexLock lock(mutex_);
  if (generation != generation_) return;
  if (state_ == State::kHalfOpen) {
    probing_ = false;
    MoveTo(failed ? State::kOpen : State::kClosed);
    return;
  }
  const auto now = clock_.Steady();
  if (now - window_start_ >= options_.window) {
    window_start_ = now;
    calls_ = failures_ = 0;
  }
  ++calls_;
  failures_ += failed ? 1 : 0;
  if (calls_ >= options_.minimum_calls &&
      static_cast<double>(failures_) >= options_.failure_ratio * static_cast<double>(calls_)) {
    MoveTo(State::kOpen);
  }
}

CircuitBreaker::State CircuitBreaker::state() const {
  MutexLock lock(mutex_);
  return state_;
}

void CircuitBreaker::MoveTo(State state) {
  if (not_closed_) {
    not_closed_->Add((state != State::kClosed ? 1 : 0) - (state_ != State::kClosed ? 1 : 0));
  }
  state_ = state;
  ++generation_;
  calls_ = failures_ = 0;
  window_start_ = clock_.Steady();
  if (state == State::kOpen) opened_at_ = window_start_;
  if (state_gauge_) {
    state_gauge_->Set(state == State::kClosed ? 0 : state == State::kHalfOpen ? 1 : 2);
  }
}

}  // namespace freshet
