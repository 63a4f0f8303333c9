#include "base/task_group.h"

#include <fmt/format.h>

#include <cassert>
#include <chrono>
#include <exception>
#include <utility>

#include "base/retry.h"

namespace freshet {
namespace {
constexpr RetryPolicy kRestart{.base_delay = Duration(200), .max_delay = Duration(30'000)};
}

TaskGroup::TaskGroup(std::string name, Logger& logger) : name_(std::move(name)), logger_(logger) {}

TaskGroup::TaskGroup(std::string name, Logger& logger, Metrics& metrics)
    : TaskGroup(std::move(name), logger) {
  failures_ = metrics.GetCounter("freshet_tasks_failed_total",
                                 "Background tasks that an exception ended", {{"tasks", name_}});
}

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

void TaskGroup::SpawnLoop(Executor executor, std::string_view name, Loop start) {
  Spawn(executor, KeepRunning(fmt::format("{}: {}", name_, name), std::move(start)));
}

Awaitable<void> TaskGroup::KeepRunning(std::string name, Loop start) {
  for (std::int64_t failed = 1;; ++failed) {
    const auto began = std::chrono::steady_clock::now();
    try {
      co_await start(stop_token());
      co_return;
    } catch (...) {
      Report(name, std::current_exception());
    }
    if (std::chrono::steady_clock::now() - began >= kRestart.max_delay) failed = 1;
    if (!co_await Sleep(BackoffDelay(kRestart, failed, RandomUnit()), stop_token())) co_return;
  }
}

void TaskGroup::Report(std::string_view name, const std::exception_ptr& failure) {
  std::string error;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    error = e.what();
  } catch (...) {
    error = "something that is no std::exception";
  }
  logger_.Error("A task ended with an exception", {{"tasks", name}, {"error", error}});
  if (failures_) failures_->Add();
}

void TaskGroup::Finished(std::exception_ptr failure) {
  if (failure) Report(name_, failure);
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
