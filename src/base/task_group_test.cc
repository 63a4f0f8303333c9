#include "base/task_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
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

TEST_F(TaskGroupTest, WhatEndsByAnExceptionIsCounted) {
  Metrics metrics;
  TaskGroup tasks("test", logger_, metrics);
  tasks.Spawn(threads_.At(0), Throw());
  tasks.Spawn(threads_.At(1), UntilStopped(tasks.stop_token(), ended_));
  tasks.StopBlocking();
  EXPECT_THAT(metrics.Render(), HasSubstr("freshet_tasks_failed_total{tasks=\"test\"} 1\n"));
}

TEST_F(TaskGroupTest, ALoopThatThrowsIsStartedAgain) {
  Metrics metrics;
  TaskGroup tasks("test", logger_, metrics);
  int starts = 0;
  std::promise<void> third;
  tasks.SpawnLoop(threads_.Next(), "relay", [&](std::stop_token stop) -> Awaitable<> {
    if (++starts < 3) throw std::runtime_error("broken");
    third.set_value();
    co_await UntilStopped(std::move(stop), ended_);
  });
  EXPECT_EQ(third.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  tasks.StopBlocking();
  EXPECT_EQ(ended_, 1);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("tasks=\"test: relay\"  error=broken"),
                                  HasSubstr("error=broken")));
  EXPECT_THAT(metrics.Render(), HasSubstr("freshet_tasks_failed_total{tasks=\"test\"} 2\n"));
}

TEST_F(TaskGroupTest, ALoopThatOnlyThrowsEndsWithTheGroup) {
  TaskGroup tasks("test", logger_);
  tasks.SpawnLoop(threads_.Next(), "relay", [](std::stop_token) { return Throw(); });
  tasks.StopBlocking();
}

TEST_F(TaskGroupTest, ALoopThatReturnsIsOver) {
  TaskGroup tasks("test", logger_);
  std::atomic<int> starts = 0;
  tasks.SpawnLoop(threads_.Next(), "once", [&](std::stop_token) -> Awaitable<> {
    ++starts;
    co_return;
  });
  tasks.StopBlocking();
  EXPECT_EQ(starts, 1);
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
