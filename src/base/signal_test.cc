#include "base/signal.h"

#include <gtest/gtest.h>

#include <future>

#include "base/io_threads.h"

namespace freshet {
namespace {

class SignalTest : public testing::Test {
 protected:
  bool Wait(Duration patience) {
    return RunBlocking(signal_.Wait(Deadline::After(clock_, patience), clock_));
  }

  FakeClock clock_;
  Signal signal_;
};

TEST_F(SignalTest, WakesWhoWaitsFromAnyThread) {
  auto woken = std::async(std::launch::async, [&] { return Wait(Duration(30'000)); });
  signal_.Notify();
  EXPECT_TRUE(woken.get());
}

TEST_F(SignalTest, ANotificationBeforeTheWaitIsNotLost) {
  signal_.Notify();
  EXPECT_TRUE(Wait(Duration(30'000)));
  EXPECT_TRUE(Wait(Duration(30'000))) << "it stays until it is cleared";
}

TEST_F(SignalTest, AWaitEndsAtItsDeadline) { EXPECT_FALSE(Wait(Duration(1))); }

TEST_F(SignalTest, WhatWasClearedWakesNobody) {
  signal_.Notify();
  signal_.Clear();
  EXPECT_FALSE(Wait(Duration(1)));
}

}  // namespace
}  // namespace freshet
