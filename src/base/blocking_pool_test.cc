#include "base/blocking_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <stdexcept>

#include "base/io_threads.h"

namespace freshet {
namespace {

// Keeps the pool's threads busy until it is told to let go.
class Blocker {
 public:
  Blocker(BlockingPool& pool, std::ptrdiff_t threads) : started_(threads), ended_(threads) {
    for (std::ptrdiff_t i = 0; i < threads; ++i) {
      EXPECT_TRUE(pool.Post([this] {
        started_.count_down();
        released_.wait();
        ended_.count_down();
      }));
    }
    started_.wait();
  }
  void Release() { released_.count_down(); }
  void WaitUntilFree() { ended_.wait(); }

 private:
  std::latch started_;
  std::latch ended_;
  std::latch released_{1};
};

class BlockingPoolTest : public testing::Test {
 protected:
  double Rejected() {
    return metrics_
        .GetCounter("freshet_blocking_pool_rejected_total",
                    "Calls refused because the queue was full", {{"pool", "test"}})
        .Value();
  }
  Metrics metrics_;
};

TEST_F(BlockingPoolTest, RunsOnAThreadOfItsOwnAndReturnsTheResult) {
  BlockingPool pool("test", 1, 4, metrics_);
  const auto answer =
      RunBlocking(pool.Run([] { return Result<std::thread::id>(std::this_thread::get_id()); }));
  ASSERT_TRUE(answer);
  EXPECT_NE(*answer, std::this_thread::get_id());
}

TEST_F(BlockingPoolTest, PassesErrorsOn) {
  BlockingPool pool("test", 1, 4, metrics_);
  const auto answer = RunBlocking(pool.Run([]() -> Result<int> { return NotFound("nothing"); }));
  EXPECT_EQ(answer.error().kind(), ErrorKind::kNotFound);
}

TEST_F(BlockingPoolTest, TurnsExceptionsIntoInternalErrors) {
  BlockingPool pool("test", 1, 4, metrics_);
  const auto answer =
      RunBlocking(pool.Run([]() -> Result<int> { throw std::runtime_error("broken"); }));
  EXPECT_EQ(answer.error().kind(), ErrorKind::kInternal);
  EXPECT_EQ(answer.error().message(), "broken");
  const auto other = RunBlocking(pool.Run([]() -> Result<int> { throw 1; }));
  EXPECT_EQ(other.error().kind(), ErrorKind::kInternal);
}

TEST_F(BlockingPoolTest, TakesFunctionsThatCannotBeCopied) {
  BlockingPool pool("test", 1, 4, metrics_);
  auto owned = std::make_unique<int>(5);
  const auto answer = RunBlocking(pool.Run([o = std::move(owned)] { return Result<int>(*o); }));
  EXPECT_EQ(answer, 5);
}

TEST_F(BlockingPoolTest, RefusesWhatDoesNotFitIntoTheQueueAndRunsTheRest) {
  std::atomic<int> ran = 0;
  {
    BlockingPool pool("test", 1, 2, metrics_);
    Blocker blocker(pool, 1);
    EXPECT_TRUE(pool.Post([&] { ran += 1; }));
    EXPECT_TRUE(pool.Post([&] { ran += 10; }));
    EXPECT_FALSE(pool.Post([&] { ran += 100; }));
    const auto refused = RunBlocking(pool.Run([&]() -> Result<> {
      ran += 1'000;
      return {};
    }));
    EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted);
    EXPECT_TRUE(refused.error().retry_after());
    blocker.Release();
    blocker.WaitUntilFree();
  }
  EXPECT_EQ(ran, 11);
  EXPECT_EQ(Rejected(), 2);
}

TEST_F(BlockingPoolTest, RunsWhatIsQueuedBeforeItGoes) {
  std::atomic<int> ran = 0;
  std::unique_ptr<Blocker> blocker;
  std::jthread releaser;
  {
    BlockingPool pool("test", 2, 100, metrics_);
    blocker = std::make_unique<Blocker>(pool, 2);
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.Post([&] { ++ran; }));
    releaser = std::jthread([&] { blocker->Release(); });
  }
  EXPECT_EQ(ran, 50);
}

TEST_F(BlockingPoolTest, RunsInTheOrderOfArrivalOnOneThread) {
  BlockingPool pool("test", 1, 100, metrics_);
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.Post([&order, i] { order.push_back(i); }));
  ASSERT_TRUE(RunBlocking(pool.Run([]() -> Result<> { return {}; })));
  EXPECT_EQ(order.size(), 50U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST_F(BlockingPoolTest, ServesManyCallersOnManyThreads) {
  BlockingPool pool("test", 3, 1'000, metrics_);
  std::atomic<int> sum = 0;
  {
    std::vector<std::jthread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          const auto answer = RunBlocking(pool.Run([i] { return Result<int>(i); }));
          if (answer) sum += *answer;
        }
      });
    }
  }
  EXPECT_EQ(sum, 4 * 199 * 200 / 2);
}

}  // namespace
}  // namespace freshet
