// Owns coroutines that outlive their caller.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"

namespace freshet {

// Thread-safe. Every coroutine that is spawned here must return soon after stop_token() is
// triggered. Call Stop (or StopBlocking) before destruction.
class TaskGroup {
 public:
  // `name` says in logs whose tasks these are, and in freshet_tasks_failed_total{tasks=name}, which
  // counts those that an exception ended.
  TaskGroup(std::string name, Logger& logger, Metrics& metrics);
  // Without a series of its own: for groups that come and go.
  TaskGroup(std::string name, Logger& logger);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` on `executor`. An exception that leaves it is logged and ends that task alone.
  // After Stop, the task is dropped without being started.
  void Spawn(Executor executor, Awaitable<void> task);

  // Runs on `executor` what `start` makes, given stop_token(), and what it makes anew after each
  // exception: that is logged and counted, and a pause follows, which grows with every failure in a
  // row. A loop that returns is over. `name` says in logs which one it is.
  using Loop = std::function<Awaitable<void>(std::stop_token)>;
  void SpawnLoop(Executor executor, std::string_view name, Loop start);

  std::stop_token stop_token() const { return stop_.get_token(); }

  // Requests the stop and returns when every task has ended. May be called more than once, from any
  // executor.
  Awaitable<void> Stop();
  // The same for threads that run no io_context.
  void StopBlocking();

 private:
  Awaitable<void> KeepRunning(std::string name, Loop start);
  void Finished(std::exception_ptr failure);
  void Report(std::string_view name, const std::exception_ptr& failure);

  const std::string name_;
  Logger& logger_;
  std::optional<Counter> failures_;
  std::stop_source stop_;
  Mutex mutex_;
  CondVar ended_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::vector<Resolver<bool>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace freshet
