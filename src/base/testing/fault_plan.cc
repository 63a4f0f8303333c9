#include "base/testing/fault_plan.h"

#include <fmt/format.h>

#include "base/id.h"

namespace freshet {

bool FaultPlan::Scripted::Take(std::string_view operation) {
  if (calls == 0 || (!only.empty() && only != operation)) return false;
  --calls;
  return true;
}

void FaultPlan::FailNext(std::size_t calls, std::string_view only) {
  MutexLock lock(mutex_);
  before_ = {calls, std::string(only)};
}

void FaultPlan::FailNextAfterEffect(std::size_t calls, std::string_view only) {
  MutexLock lock(mutex_);
  after_ = {calls, std::string(only)};
}

void FaultPlan::Delay(Duration by) {
  MutexLock lock(mutex_);
  delay_ = by;
}

void FaultPlan::Heal() {
  MutexLock lock(mutex_);
  rates_ = {};
  before_ = {};
  after_ = {};
  delay_ = Duration(0);
}

bool FaultPlan::Chance(double rate) {
  if (rate <= 0) return false;
  random_ += 0x9e3779b97f4a7c15ULL;  // SplitMix64 (Steele, Lea, Flood)
  return static_cast<double>(MixBits(random_) >> 11) * 0x1.0p-53 < rate;
}

Fault FaultPlan::DecideBefore(std::string_view operation, Duration& delay) {
  MutexLock lock(mutex_);
  if (before_.Take(operation) || Chance(rates_.fail_before)) {
    ++faults_;
    return Fault::kFailBefore;
  }
  delay = delay_;
  if (Chance(rates_.delay)) delay += rates_.delay_by;
  return delay > Duration(0) ? Fault::kDelay : Fault::kNone;
}

Awaitable<Result<>> FaultPlan::Before(std::string_view operation) {
  Duration delay{0};
  switch (DecideBefore(operation, delay)) {
    case Fault::kFailBefore:
      co_return Unavailable(fmt::format("{} failed before its effect, as planned.", operation));
    case Fault::kDelay: co_await Sleep(delay); break;
    default: break;
  }
  co_return Result<>{};
}

Result<> FaultPlan::After(std::string_view operation) {
  MutexLock lock(mutex_);
  if (!after_.Take(operation) && !Chance(rates_.fail_after)) return {};
  ++faults_;
  return Unavailable(fmt::format("{} failed after its effect, as planned.", operation));
}

std::size_t FaultPlan::faults() const {
  MutexLock lock(mutex_);
  return faults_;
}

}  // namespace freshet
