#include "base/io_threads.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <future>
#include <set>
#include <stdexcept>

namespace freshet {
namespace {

// The name and id of the thread that `executor` runs on.
std::pair<std::string, std::thread::id> ThreadOf(Executor executor) {
  std::promise<std::pair<std::string, std::thread::id>> promise;
  boost::asio::post(executor, [&] {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof(name));
    promise.set_value({name, std::this_thread::get_id()});
  });
  return promise.get_future().get();
}

TEST(IoThreadsTest, EachExecutorHasAThreadOfItsOwn) {
  IoThreads threads(3);
  EXPECT_EQ(threads.size(), 3U);
  std::set<std::thread::id> seen;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [name, id] = ThreadOf(threads.At(i));
    EXPECT_EQ(name, "io-" + std::to_string(i));
    EXPECT_EQ(ThreadOf(threads.At(i)).second, id);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 3U);
}

TEST(IoThreadsTest, NextTakesTurns) {
  IoThreads threads(2);
  const auto first = threads.Next(), second = threads.Next(), third = threads.Next();
  EXPECT_NE(first, second);
  EXPECT_EQ(first, third);
}

TEST(IoThreadsTest, DestroysWhatIsStillSuspended) {
  auto witness = std::make_shared<int>(1);
  const auto wait = [](std::shared_ptr<int>, std::promise<void>& started) -> Awaitable<> {
    started.set_value();
    co_await Sleep(std::chrono::hours(1));
  };
  {
    IoThreads threads(1);
    std::promise<void> started;
    boost::asio::co_spawn(threads.At(0), wait(witness, started), [](std::exception_ptr) {});
    started.get_future().wait();
  }
  EXPECT_EQ(witness.use_count(), 1);
}

TEST(RunBlockingTest, ReturnsTheValueAndPassesExceptionsOn) {
  const auto give = []() -> Awaitable<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  const auto fail = []() -> Awaitable<int> {
    throw std::out_of_range("x");
    co_return 1;
  };
  const auto fail_void = []() -> Awaitable<> {
    throw std::out_of_range("x");
    co_return;
  };
  EXPECT_EQ(*RunBlocking(give()), 3);
  EXPECT_THROW(RunBlocking(fail()), std::out_of_range);
  EXPECT_THROW(RunBlocking(fail_void()), std::out_of_range);
}

TEST(RunBlockingTest, SaysSoWhenTheCoroutineCanNeverEnd) {
  const auto wait = []() -> Awaitable<> { co_await Suspend<bool>([](Resolver<bool>) {}); };
  const auto wait_for_value = []() -> Awaitable<bool> {
    co_return co_await Suspend<bool>([](Resolver<bool>) {});
  };
  EXPECT_THROW(RunBlocking(wait()), std::logic_error);
  EXPECT_THROW(RunBlocking(wait_for_value()), std::logic_error);
}

}  // namespace
}  // namespace freshet
