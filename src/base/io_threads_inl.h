// Implementation of io_threads.h's templates.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <stdexcept>

namespace freshet {

template <class T>
T RunBlocking(Awaitable<T> work) {
  boost::asio::io_context context(1);
  std::exception_ptr failure;
  constexpr auto kAbandoned = "the coroutine waits for something that nobody will resolve";
  if constexpr (std::is_void_v<T>) {
    bool ended = false;
    boost::asio::co_spawn(context.get_executor(), std::move(work), [&](std::exception_ptr e) {
      failure = e;
      ended = true;
    });
    context.run();
    if (failure) std::rethrow_exception(failure);
    if (!ended) throw std::logic_error(kAbandoned);
  } else {
    std::optional<T> value;
    auto store = [](Awaitable<T> inner, std::optional<T>& out) -> Awaitable<void> {
      out.emplace(co_await std::move(inner));
    };
    boost::asio::co_spawn(context.get_executor(), store(std::move(work), value),
                          [&](std::exception_ptr e) { failure = e; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    if (!value) throw std::logic_error(kAbandoned);
    return std::move(*value);
  }
}

}  // namespace freshet
