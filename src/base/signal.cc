#include "base/signal.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/error_code.hpp>

namespace freshet {
namespace {
constexpr Duration kLongestTimer{365LL * 24 * 3'600'000};  // Duration::max() would overflow
}

// Forgets the timer also when the coroutine is destroyed where it waits.
struct Signal::Waiting {
  Signal& signal;

  ~Waiting() {
    MutexLock lock(signal.mutex_);
    signal.timer_.reset();
  }
};

void Signal::Notify() {
  MutexLock lock(mutex_);
  if (std::exchange(set_, true) || !timer_) return;
  boost::asio::post(timer_->get_executor(), [timer = timer_] { timer->cancel(); });
}

void Signal::Clear() {
  MutexLock lock(mutex_);
  set_ = false;
}

Awaitable<bool> Signal::Wait(Deadline deadline, const Clock& clock) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto timer = std::make_shared<SteadyTimer>(executor);
  timer->expires_after(std::min(deadline.Remaining(clock), kLongestTimer));
  {
    MutexLock lock(mutex_);
    if (set_) co_return true;
    timer_ = timer;
  }
  {
    const Waiting waiting{*this};
    boost::system::error_code interrupted;
    co_await timer->async_wait(boost::asio::redirect_error(kUseAwaitable, interrupted));
  }
  MutexLock lock(mutex_);
  co_return set_;
}

}  // namespace freshet
