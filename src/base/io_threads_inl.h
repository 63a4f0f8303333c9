// Implementation of io_threads.h's templates.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>

namespace freshet {

template <class T>
T RunBlocking(Awaitable<T> work) {
  boost::asio::io_context context(1);
  std::exception_ptr failure;
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(context.get_executor(), std::move(work),
                          [&](std::exception_ptr e) { failure = e; });
    context.run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<T> value;
    auto store = [](Awaitable<T> inner, std::optional<T>& out) -> Awaitable<void> {
      out.emplace(co_await std::move(inner));
    };
    boost::asio::co_spawn(context.get_executor(), store(std::move(work), value),
                          [&](std::exception_ptr e) { failure = e; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
}

}  // namespace freshet
