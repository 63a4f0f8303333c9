// Time arrives through a Clock, so that tests can hold it still.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace freshet {

// Milliseconds since the Unix epoch, UTC: the resolution of every stored time.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The time of day. May step back when the machine's clock is set.
  virtual Timestamp Now() const = 0;
  // Never steps back; says nothing about the time of day.
  virtual SteadyTime Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
  SteadyTime Steady() const override;
};

// Stands still until told otherwise.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = Timestamp(
                         std::chrono::milliseconds(1'767'225'600'000)));  // 2026-01-01T00:00:00Z
  Timestamp Now() const override;
  SteadyTime Steady() const override;

  void Advance(Duration by);
  // Moves the time of day alone, in either direction, as an operator setting the clock does.
  void SetNow(Timestamp now);

 private:
  std::atomic<std::int64_t> now_ms_;
  std::atomic<std::int64_t> steady_ms_{1'000'000};
};

// "2026-01-31T08:05:09.123Z", as RFC 3339 has it.
std::string FormatTimestamp(Timestamp time);
// Accepts RFC 3339 with or without fraction, with "Z" or an offset. Errors: kInvalid.
Result<Timestamp> ParseTimestamp(std::string_view text);

// The moment at which the caller stops waiting. A value: copy it down the call chain unchanged.
class Deadline {
 public:
  static Deadline Never() { return Deadline(SteadyTime::max()); }
  static Deadline At(SteadyTime at) { return Deadline(at); }
  // Never for delays that reach beyond the clock's range.
  static Deadline After(const Clock& clock, Duration delay) {
    const auto now = clock.Steady();
    const auto left = std::chrono::floor<Duration>(SteadyTime::max() - now);
    return delay >= left ? Never() : Deadline(now + delay);
  }

  SteadyTime at() const { return at_; }
  bool Expired(const Clock& clock) const {
    return at_ != SteadyTime::max() && clock.Steady() >= at_;
  }
  // Zero when expired; Duration::max() for Never().
  Duration Remaining(const Clock& clock) const;
  // The earlier of this and `other`.
  Deadline Within(Deadline other) const { return Deadline(at_ < other.at_ ? at_ : other.at_); }

 private:
  explicit Deadline(SteadyTime at) : at_(at) {}
  SteadyTime at_;
};

}  // namespace freshet
