// The threads that run coroutines: one io_context on each.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/async.h"

namespace freshet {

class IoThreads {
 public:
  // Starts `count` threads, named "io-0", "io-1", ...
  explicit IoThreads(std::size_t count);
  // Stops and joins. Coroutines still suspended are destroyed where they stand: stop their
  // TaskGroups first.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const { return threads_.size(); }
  Executor At(std::size_t index) { return contexts_[index]->get_executor(); }
  // Round robin.
  Executor Next() { return At(next_.fetch_add(1, std::memory_order_relaxed) % contexts_.size()); }

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<boost::asio::executor_work_guard<Executor>> work_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> next_{0};
};

// Runs one coroutine to its end on the calling thread: for tests, benchmarks and command-line
// tools. Throws what the coroutine throws, and std::logic_error when it can never end.
template <class T>
T RunBlocking(Awaitable<T> work);

}  // namespace freshet

#include "base/io_threads_inl.h"
