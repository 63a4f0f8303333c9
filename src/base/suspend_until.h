// Waiting for something that may come too late.
#pragma once

#include <atomic>
#include <boost/system/error_code.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "base/async.h"
#include "base/clock.h"

namespace freshet {

// A Resolver that several may hold: the first to resolve it wins. Thread-safe.
template <class T>
class SharedResolver {
 public:
  explicit SharedResolver(Resolver<T> resolver) : resolver_(std::move(resolver)) {}

  // Returns whether this call was the first.
  bool Resolve(T value) {
    if (resolved_.exchange(true)) return false;
    std::move(resolver_).Resolve(std::move(value));
    return true;
  }

 private:
  std::atomic<bool> resolved_{false};
  Resolver<T> resolver_;
};

template <class T>
using SharedResolverPtr = std::shared_ptr<SharedResolver<std::optional<T>>>;

// Suspends the calling coroutine and hands a shared resolver to `start`, which runs at once on the
// calling thread. Returns what it is resolved with, or nullopt when `deadline` passed before.
// Somebody must hold the resolver until then, unless there is a deadline.
template <class T, class Start>
Awaitable<std::optional<T>> SuspendUntil(Deadline deadline, const Clock& clock, Start start) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  std::optional<SteadyTimer> timer;
  const Duration remaining = deadline.Remaining(clock);
  if (remaining != Duration::max()) timer.emplace(executor, remaining);
  co_return co_await Suspend<std::optional<T>>([&](Resolver<std::optional<T>> resolver) {
    auto shared = std::make_shared<SharedResolver<std::optional<T>>>(std::move(resolver));
    if (timer) {
      timer->async_wait([shared](boost::system::error_code interrupted) {
        if (!interrupted) shared->Resolve(std::nullopt);
      });
    }
    start(std::move(shared));
  });
}

}  // namespace freshet
