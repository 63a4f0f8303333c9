// Coroutines on Asio: the awaitable type of the whole program, and the way in for results that
// other threads produce.
#pragma once

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>
#include <utility>

namespace freshet {

// Every coroutine runs on one io_context, which one thread runs: code between two co_awaits of the
// same coroutine never moves.
using Executor = boost::asio::io_context::executor_type;

template <class T = void>
using Awaitable = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> kUseAwaitable{};

using SteadyTimer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// One suspended coroutine that waits for a T. Whoever holds it calls Resolve exactly once, from any
// thread; the coroutine goes on on its own executor. Destroying it unresolved destroys the
// coroutine where it stands. The io_context must last until one or the other.
template <class T>
class Resolver {
 public:
  void Resolve(T value) && {
    auto waiter = std::move(waiter_);
    waiter->Complete(std::move(value));
  }

 private:
  template <class U, class Start>
  friend Awaitable<U> Suspend(Start start);

  struct Waiter {
    virtual ~Waiter() = default;
    virtual void Complete(T value) = 0;
  };
  explicit Resolver(std::unique_ptr<Waiter> waiter) : waiter_(std::move(waiter)) {}

  std::unique_ptr<Waiter> waiter_;
};

// Suspends the calling coroutine and hands its Resolver<T> to `start`, which runs at once on the
// calling thread.
//   int answer = co_await Suspend<int>([&](Resolver<int> resolver) {
//   queue.push(std::move(resolver)); });
template <class T, class Start>
Awaitable<T> Suspend(Start start);

namespace internal {

// Counts the threads that are resolving on an io_context, and keeps it from going before they are
// done: what they post may run, and end everything, before post returns to them.
class Resolutions final : public boost::asio::execution_context::service {
 public:
  inline static boost::asio::execution_context::id id;

  explicit Resolutions(boost::asio::execution_context& context) : service(context) {}
  void Begin() { under_way_.fetch_add(1, std::memory_order_relaxed); }
  void End() { under_way_.fetch_sub(1, std::memory_order_release); }

 private:
  void shutdown() override {
    while (under_way_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
  }
  std::atomic<int> under_way_{0};
};

}  // namespace internal

template <class T, class Start>
Awaitable<T> Suspend(Start start) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void(T)>(
      [](auto handler, Start begin) {
        using Handler = decltype(handler);
        struct Bound final : Resolver<T>::Waiter {
          explicit Bound(Handler h)
              : executor(boost::asio::get_associated_executor(h)),
                resolutions(boost::asio::use_service<internal::Resolutions>(executor.context())),
                work(executor),
                continuation(std::move(h)) {}
          void Complete(T value) override {
            resolutions.Begin();
            boost::asio::post(executor, [w = std::move(work), h = std::move(continuation),
                                         v = std::move(value)]() mutable {
              w.reset();
              std::move(h)(std::move(v));
            });
            resolutions.End();
          }
          boost::asio::associated_executor_t<Handler> executor;
          internal::Resolutions& resolutions;
          boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work;
          Handler continuation;
        };
        begin(Resolver<T>(std::make_unique<Bound>(std::move(handler))));
      },
      kUseAwaitable, std::move(start));
}

// Runs both at the same time on the caller's executor and returns when both have ended. An
// exception of either is thrown after that.
Awaitable<void> Both(Awaitable<void> first, Awaitable<void> second);

// Waits for `delay`, or until `stop` is requested. Returns whether the whole delay passed.
Awaitable<bool> Sleep(std::chrono::steady_clock::duration delay, std::stop_token stop = {});

}  // namespace freshet
