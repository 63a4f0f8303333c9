#include "base/blocking_pool.h"

#include <pthread.h>

namespace freshet {

BlockingPool::BlockingPool(std::string name, std::size_t threads, std::size_t queue_bound,
                           Metrics& metrics)
    : name_(std::move(name)),
      queue_bound_(queue_bound),
      queued_(metrics.GetGauge("freshet_blocking_pool_queued",
                               "Calls that wait for a thread of the pool", {{"pool", name_}})),
      rejected_(metrics.GetCounter("freshet_blocking_pool_rejected_total",
                                   "Calls refused because the queue was full", {{"pool", name_}})) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { RunThread(i); });
}

BlockingPool::~BlockingPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  ready_.NotifyAll();
  for (auto& thread : threads_) thread.join();
}

bool BlockingPool::Post(std::move_only_function<void()> work) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() >= queue_bound_) {
      rejected_.Add();
      return false;
    }
    queue_.push_back(std::move(work));
    queued_.Set(static_cast<double>(queue_.size()));
  }
  ready_.NotifyOne();
  return true;
}

Failure BlockingPool::Full() const {
  return Failure(Error(ErrorKind::kExhausted,
                       "Too much work is waiting for the " + name_ + " threads; try again shortly.")
                     .WithRetryAfter(Duration(1'000)));
}

void BlockingPool::RunThread(std::size_t index) {
  pthread_setname_np(pthread_self(), (name_.substr(0, 11) + "-" + std::to_string(index)).c_str());
  for (;;) {
    std::move_only_function<void()> work;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) ready_.Wait(mutex_);
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
      queued_.Set(static_cast<double>(queue_.size()));
    }
    work();
  }
}

}  // namespace freshet
