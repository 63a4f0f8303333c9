// Says which calls of a wrapped store go wrong, and how: for the fault-injecting wrappers in the
// ports' testing/ folders.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"

namespace freshet {

enum class Fault {
  kNone,
  kDelay,       // the call starts late
  kFailBefore,  // kUnavailable, and nothing happened
  kFailAfter,   // kUnavailable, although it happened
};

// The share of calls that each fault hits, 0 to 1.
struct FaultRates {
  double delay = 0;
  double fail_before = 0;
  double fail_after = 0;
  Duration delay_by{1};
};

// A wrapper asks Before ahead of each call and After behind each call that succeeded. What is
// scripted comes first; then chance decides. Thread-safe.
//   CO_RETURN_IF_ERROR(co_await plan.Before("Append"));
//   auto answer = co_await inner.Append(...);
//   if (answer) CO_RETURN_IF_ERROR(plan.After("Append"));
class FaultPlan {
 public:
  // Nothing goes wrong until a test says so.
  FaultPlan() = default;
  // The same seed and the same order of calls give the same faults.
  FaultPlan(std::uint64_t seed, FaultRates rates) : random_(seed), rates_(rates) {}

  // The next `calls` calls fail; of the operation `only`, unless that is empty. These and Delay
  // replace what was scripted by the same method before.
  void FailNext(std::size_t calls = 1, std::string_view only = {});
  void FailNextAfterEffect(std::size_t calls = 1, std::string_view only = {});
  // Every call from now on starts later by `by`; zero ends it.
  void Delay(Duration by);
  // From now on everything works.
  void Heal();

  // Waits as long as the plan says. Errors: kUnavailable (kFailBefore).
  Awaitable<Result<>> Before(std::string_view operation);
  // Errors: kUnavailable (kFailAfter).
  Result<> After(std::string_view operation);

  std::size_t faults() const;  // failures made so far

 private:
  struct Scripted {
    std::size_t calls = 0;
    std::string only;
    bool Take(std::string_view operation);
  };
  bool Chance(double rate) REQUIRES(mutex_);
  Fault DecideBefore(std::string_view operation, Duration& delay);

  mutable Mutex mutex_;
  std::uint64_t random_ GUARDED_BY(mutex_) = 0;
  FaultRates rates_ GUARDED_BY(mutex_);
  Scripted before_ GUARDED_BY(mutex_);
  Scripted after_ GUARDED_BY(mutex_);
  Duration delay_ GUARDED_BY(mutex_){0};
  std::size_t faults_ GUARDED_BY(mutex_) = 0;
};

}  // namespace freshet
