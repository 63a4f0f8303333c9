#include "base/async.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/error_code.hpp>
#include <exception>
#include <memory>
#include <optional>

namespace freshet {

Awaitable<void> Both(Awaitable<void> first, Awaitable<void> second) {
  struct State {
    bool ended = false;
    std::exception_ptr failure;
    std::optional<Resolver<bool>> waiter;
  };
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto state = std::make_shared<State>();
  boost::asio::co_spawn(executor, std::move(second), [state](std::exception_ptr failure) {
    state->ended = true;
    state->failure = std::move(failure);
    if (state->waiter) std::move(*state->waiter).Resolve(true);
  });
  std::exception_ptr failure;
  try {
    co_await std::move(first);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!state->ended) {
    co_await Suspend<bool>(
        [&](Resolver<bool> resolver) { state->waiter.emplace(std::move(resolver)); });
  }
  if (!failure) failure = state->failure;
  if (failure) std::rethrow_exception(failure);
}

Awaitable<bool> Sleep(std::chrono::steady_clock::duration delay, std::stop_token stop) {
  if (stop.stop_requested()) co_return false;
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto timer = std::make_shared<SteadyTimer>(executor, delay);
  std::stop_callback wake(
      stop, [executor, timer] { boost::asio::post(executor, [timer] { timer->cancel(); }); });
  boost::system::error_code interrupted;
  co_await timer->async_wait(boost::asio::redirect_error(kUseAwaitable, interrupted));
  co_return !stop.stop_requested();
}

}  // namespace freshet
