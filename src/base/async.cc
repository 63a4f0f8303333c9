#include "base/async.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/system/error_code.hpp>

namespace freshet {

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
