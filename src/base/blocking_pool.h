// Threads for libraries that block, with a bounded queue before them.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"

namespace freshet {

// Thread-safe. Work that was accepted always runs; the destructor runs what is queued, then joins.
class BlockingPool {
 public:
  // `name` labels the threads and the metrics; `queue_bound` is how many calls may wait.
  BlockingPool(std::string name, std::size_t threads, std::size_t queue_bound, Metrics& metrics);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Runs `function` on a pool thread and resumes the caller with what it returns: a Result<T>. An
  // exception that it throws becomes kInternal. Errors: the function's; kExhausted, without running
  // it, when the queue is full.
  template <class Function, class R = std::invoke_result_t<Function>>
  Awaitable<R> Run(Function function) {
    co_return co_await Suspend<R>([this, &function](Resolver<R> resolver) {
      auto shared = std::make_shared<Resolver<R>>(std::move(resolver));
      const bool accepted = Post([shared, work = std::move(function)]() mutable {
        std::move(*shared).Resolve(Guarded<R>(work));
      });
      if (!accepted) std::move(*shared).Resolve(Full());
    });
  }

  // Runs `work` later on a pool thread, or returns false when the queue is full. `work` must not
  // throw.
  bool Post(std::move_only_function<void()> work);

 private:
  template <class R, class Function>
  static R Guarded(Function& work) {
    try {
      return work();
    } catch (const std::exception& e) {
      return Internal(e.what());
    } catch (...) {
      return Internal("an exception of unknown type");
    }
  }
  Failure Full() const;
  void RunThread(std::size_t index);

  const std::string name_;
  const std::size_t queue_bound_;
  Mutex mutex_;
  CondVar ready_;
  std::deque<std::move_only_function<void()>> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  Gauge queued_;
  Counter rejected_;
  std::vector<std::thread> threads_;
};

}  // namespace freshet
