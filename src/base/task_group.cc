#include "base/task_group.h"

#include <cassert>
#include <exception>

namespace freshet {

TaskGroup::TaskGroup(std::string name, Logger& logger) : name_(std::move(name)), logger_(logger) {}

TaskGroup::~TaskGroup() {
  MutexLock lock(mutex_);
  assert(running_ == 0 && "Stop the TaskGroup before it is destroyed");
}

void TaskGroup::Spawn(Executor executor, Awaitable<void> task) {
  {
    MutexLock lock(mutex_);
    if (stop_.stop_requested()) return;
    ++running_;
  }
  boost::asio::co_spawn(executor, std::move(task),
                        [this](std::exception_ptr failure) { Finished(std::move(failure)); });
}

void TaskGroup::Finished(std::exception_ptr failure) {
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      logger_.Error("A task ended with an exception", {{"tasks", name_}, {"error", e.what()}});
    } catch (...) {
      logger_.Error("A task ended with an exception", {{"tasks", name_}, {"error", "unknown"}});
    }
  }
  std::vector<Resolver<bool>> waiting;
  {
    MutexLock lock(mutex_);
    if (--running_ > 0) return;
    waiting.swap(waiting_);
    ended_.NotifyAll();
  }
  for (auto& resolver : waiting) std::move(resolver).Resolve(true);
}

Awaitable<void> TaskGroup::Stop() {
  stop_.request_stop();
  co_await Suspend<bool>([this](Resolver<bool> resolver) {
    {
      MutexLock lock(mutex_);
      if (running_ > 0) {
        waiting_.push_back(std::move(resolver));
        return;
      }
    }
    std::move(resolver).Resolve(true);
  });
}

void TaskGroup::StopBlocking() {
  stop_.request_stop();
  MutexLock lock(mutex_);
  while (running_ > 0) ended_.Wait(mutex_);
}

}  // namespace freshet
