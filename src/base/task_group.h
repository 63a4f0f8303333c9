// Owns coroutines that outlive their caller.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "base/mutex.h"

namespace freshet {

// Thread-safe. Every coroutine that is spawned here must return soon after stop_token() is
// triggered. Call Stop (or StopBlocking) before destruction.
class TaskGroup {
 public:
  // `name` says in logs whose tasks these are.
  TaskGroup(std::string name, Logger& logger);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` on `executor`. An exception that leaves it is logged and ends that task alone.
  // After Stop, the task is dropped without being started.
  void Spawn(Executor executor, Awaitable<void> task);

  std::stop_token stop_token() const { return stop_.get_token(); }

  // Requests the stop and returns when every task has ended. May be called more than once, from any
  // executor.
  Awaitable<void> Stop();
  // The same for threads that run no io_context.
  void StopBlocking();

 private:
  void Finished(std::exception_ptr failure);

  const std::string name_;
  Logger& logger_;
  std::stop_source stop_;
  Mutex mutex_;
  CondVar ended_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::vector<Resolver<bool>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace freshet
