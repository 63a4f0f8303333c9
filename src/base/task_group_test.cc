#include "base/task_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "base/io_threads.h"

namespace freshet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Awaitable<> UntilStopped(std::stop_token stop, std::atomic<int>& ended) {
  co_await Sleep(std::chrono::hours(1), stop);
  ++ended;
}

Awaitable<> Throw() {
  throw std::runtime_error("broken");
  co_return;
}

class TaskGroupTest : public testing::Test {
 protected:
  std::vector<std::string> lines_;
  Logger logger_{{}, [this](std::string_view line) { lines_.emplace_back(line); }};
  IoThreads threads_{2};
  std::atomic<int> ended_ = 0;
};

TEST_F(TaskGroupTest, StopWaitsForEveryTask) {
  TaskGroup tasks("test", logger_);
  for (int i = 0; i < 20; ++i) {
    tasks.Spawn(threads_.Next(), UntilStopped(tasks.stop_token(), ended_));
  }
  EXPECT_EQ(ended_, 0);
  RunBlocking(tasks.Stop());
  EXPECT_EQ(ended_, 20);
}

TEST_F(TaskGroupTest, StopBlockingDoesTheSameForPlainThreads) {
  TaskGroup tasks("test", logger_);
  for (int i = 0; i < 20; ++i) {
    tasks.Spawn(threads_.Next(), UntilStopped(tasks.stop_token(), ended_));
  }
  tasks.StopBlocking();
  EXPECT_EQ(ended_, 20);
}

TEST_F(TaskGroupTest, StoppingTwiceOrWithoutTasksReturnsAtOnce) {
  TaskGroup tasks("test", logger_);
  RunBlocking(tasks.Stop());
  RunBlocking(tasks.Stop());
  tasks.StopBlocking();
}

TEST_F(TaskGroupTest, EverybodyWhoStopsWaits) {
  TaskGroup tasks("test", logger_);
  tasks.Spawn(threads_.Next(), UntilStopped(tasks.stop_token(), ended_));
  std::vector<std::jthread> stoppers;
  for (int i = 0; i < 4; ++i) {
    stoppers.emplace_back([&] {
      RunBlocking(tasks.Stop());
      EXPECT_EQ(ended_, 1);
    });
  }
}

TEST_F(TaskGroupTest, AfterStopNothingStarts) {
  TaskGroup tasks("test", logger_);
  tasks.StopBlocking();
  tasks.Spawn(threads_.Next(), UntilStopped(tasks.stop_token(), ended_));
  tasks.StopBlocking();
  EXPECT_EQ(ended_, 0);
}

TEST_F(TaskGroupTest, AnExceptionIsLoggedAndEndsThatTaskAlone) {
  {
    TaskGroup tasks("test", logger_);
    tasks.Spawn(threads_.At(0), UntilStopped(tasks.stop_token(), ended_));
    tasks.Spawn(threads_.At(1), Throw());
    tasks.StopBlocking();
  }
  EXPECT_EQ(ended_, 1);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("error=broken")));
}

TEST_F(TaskGroupTest, TasksThatEndMakeRoomForOthersMeanwhile) {
  TaskGroup tasks("test", logger_);
  std::atomic<int> runs = 0;
  const auto once = [](std::atomic<int>& count) -> Awaitable<> {
    ++count;
    co_return;
  };
  {
    std::vector<std::jthread> spawners;
    for (int t = 0; t < 3; ++t) {
      spawners.emplace_back([&] {
        for (int i = 0; i < 300; ++i) tasks.Spawn(threads_.Next(), once(runs));
      });
    }
  }
  tasks.StopBlocking();
  EXPECT_EQ(runs, 900);
}

}  // namespace
}  // namespace freshet
