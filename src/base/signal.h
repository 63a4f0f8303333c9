// How a coroutine that waits for something to do is woken.
#pragma once

#include <memory>

#include "base/async.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace freshet {

// A flag that one coroutine waits for and anybody sets. A notification between Clear and Wait is
// not lost: clear it, look, then wait. Thread-safe.
class Signal {
 public:
  void Notify();
  void Clear();
  // Returns true when notified, false at `deadline`.
  Awaitable<bool> Wait(Deadline deadline, const Clock& clock);

 private:
  struct Waiting;

  Mutex mutex_;
  bool set_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<SteadyTimer> timer_ GUARDED_BY(mutex_);
};

}  // namespace freshet
