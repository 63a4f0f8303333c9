#include "base/async.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/io_threads.h"
#include "base/log.h"
#include "base/task_group.h"

namespace freshet {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(SuspendTest, GoesOnAtOnceWhenResolvedOnTheSpot) {
  const auto work = []() -> Awaitable<int> {
    co_return co_await Suspend<int>(
        [](Resolver<int> resolver) { std::move(resolver).Resolve(42); });
  };
  EXPECT_EQ(RunBlocking(work()), 42);
}

TEST(SuspendTest, GoesOnOnItsOwnThreadWhenResolvedOnAnother) {
  const auto work = [](std::jthread& other, std::thread::id& resolver_thread) -> Awaitable<bool> {
    const auto home = std::this_thread::get_id();
    auto answer = co_await Suspend<std::unique_ptr<int>>([&](auto resolver) {
      other = std::jthread([&resolver_thread, r = std::move(resolver)]() mutable {
        resolver_thread = std::this_thread::get_id();
        std::move(r).Resolve(std::make_unique<int>(7));
      });
    });
    co_return *answer == 7 && std::this_thread::get_id() == home;
  };
  std::jthread other;
  std::thread::id resolver_thread;
  EXPECT_TRUE(RunBlocking(work(other, resolver_thread)));
  other.join();
  EXPECT_NE(resolver_thread, std::this_thread::get_id());
}

TEST(SuspendTest, KeepsItsIoContextRunningWhileItWaits) {
  // RunBlocking returns when its io_context runs out of work: it must not before the other thread
  // has resolved.
  for (int round = 0; round < 200; ++round) {
    const auto work = [](std::jthread& other) -> Awaitable<int> {
      co_return co_await Suspend<int>([&](Resolver<int> resolver) {
        other = std::jthread([r = std::move(resolver)]() mutable {
          std::this_thread::yield();
          std::move(r).Resolve(1);
        });
      });
    };
    std::jthread other;
    ASSERT_EQ(RunBlocking(work(other)), 1);
  }
}

TEST(SuspendTest, AResolverThatIsDroppedEndsTheCoroutineWithItsLocals) {
  auto witness = std::make_shared<int>(1);
  const auto work = [](std::shared_ptr<int> local) -> Awaitable<int> {
    co_await Suspend<bool>([](Resolver<bool>) {});
    co_return *local;
  };
  EXPECT_THROW(RunBlocking(work(witness)), std::logic_error);
  EXPECT_EQ(witness.use_count(), 1);
}

TEST(SleepTest, WaitsForTheDelay) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(RunBlocking(Sleep(milliseconds(20))));
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(20));
}

TEST(SleepTest, EndsWhenStoppedFromAnotherThread) {
  for (int round = 0; round < 50; ++round) {
    std::stop_source stop;
    std::jthread other([&] { stop.request_stop(); });
    ASSERT_FALSE(RunBlocking(Sleep(hours(1), stop.get_token())));
  }
}

TEST(SleepTest, DoesNotStartWhenStoppedBefore) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(RunBlocking(Sleep(hours(1), stop.get_token())));
}

TEST(SleepTest, ManySleepersEndAtOneStop) {
  IoThreads threads(2);
  Logger logger({.level = LogLevel::kError});
  TaskGroup tasks("sleepers", logger);
  std::atomic<int> interrupted = 0;
  const auto sleeper = [](std::stop_token stop, std::atomic<int>& count) -> Awaitable<> {
    if (!co_await Sleep(hours(1), stop)) ++count;
  };
  for (int i = 0; i < 100; ++i) {
    tasks.Spawn(threads.Next(), sleeper(tasks.stop_token(), interrupted));
  }
  tasks.StopBlocking();
  EXPECT_EQ(interrupted, 100);
}

}  // namespace
}  // namespace freshet
