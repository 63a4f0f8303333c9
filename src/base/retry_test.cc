#include "base/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/io_threads.h"

namespace freshet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RetryTest : public testing::Test {
 protected:
  // Calls an operation that fails with each of `failures` in turn and then succeeds. Pauses pass on
  // the fake clock.
  Result<int> Call(std::vector<Error> failures, double random = 1.0) {
    RetryContext context{
        .clock = clock_,
        .deadline = deadline_,
        .stop = stop_.get_token(),
        .random = [random] { return random; },
        .pause = [this](Duration delay,
                        std::stop_token stop) { return Pause(delay, std::move(stop)); }};
    return RunBlocking(
        Retry(policy_, std::move(context), [this, &failures] { return Attempt(failures); }));
  }

  Awaitable<Result<int>> Attempt(std::vector<Error>& failures) {
    ++attempts_;
    if (failures.empty()) co_return 42;
    Error error = failures.front();
    failures.erase(failures.begin());
    co_return Failure(std::move(error));
  }

  Awaitable<bool> Pause(Duration delay, std::stop_token) {
    pauses_.push_back(delay.count());
    clock_.Advance(delay);
    if (stop_in_pause_) stop_.request_stop();
    co_return !stop_.stop_requested();
  }

  static Error Busy() { return Error(ErrorKind::kUnavailable, "busy"); }
  static Error Wrong() { return Error(ErrorKind::kInvalid, "wrong"); }

  FakeClock clock_;
  RetryPolicy policy_{.attempts = 4, .base_delay = Duration(100), .max_delay = Duration(300)};
  Deadline deadline_ = Deadline::Never();
  std::stop_source stop_;
  bool stop_in_pause_ = false;
  int attempts_ = 0;
  std::vector<std::int64_t> pauses_;
};

TEST_F(RetryTest, ASuccessIsReturnedAtOnce) {
  EXPECT_EQ(Call({}).value(), 42);
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(RetryTest, PausesDoubleUpToTheLongest) {
  EXPECT_EQ(Call({Busy(), Busy(), Busy()}).value(), 42);
  EXPECT_THAT(pauses_, ElementsAre(100, 200, 300));
}

TEST_F(RetryTest, JitterSpreadsAPauseFromZero) {
  EXPECT_TRUE(Call({Busy(), Busy()}, 0.25));
  EXPECT_THAT(pauses_, ElementsAre(25, 50));
  EXPECT_EQ(BackoffDelay(policy_, 1, 0), Duration(0));
}

TEST_F(RetryTest, APauseStaysBoundedAfterVeryManyFailures) {
  EXPECT_EQ(BackoffDelay(policy_, 100'000, 1), policy_.max_delay);
}

TEST_F(RetryTest, TheLastErrorIsReturnedWhenTheAttemptsAreUsedUp) {
  const auto outcome = Call({Busy(), Busy(), Busy(), Error(ErrorKind::kExhausted, "the fourth")});
  EXPECT_EQ(outcome.error().message(), "the fourth");
  EXPECT_EQ(attempts_, 4);
}

TEST_F(RetryTest, AnErrorThatStaysWrongIsNotRepeated) {
  EXPECT_EQ(Call({Wrong()}).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(attempts_, 1);
}

TEST_F(RetryTest, ItWaitsAtLeastAsLongAsItIsAskedTo) {
  EXPECT_TRUE(Call({Busy().WithRetryAfter(Duration(250))}));
  EXPECT_THAT(pauses_, ElementsAre(250));
}

TEST_F(RetryTest, BeingAskedToWaitLongerThanTheLongestPauseIsFinal) {
  EXPECT_FALSE(Call({Busy().WithRetryAfter(Duration(301))}));
  EXPECT_EQ(attempts_, 1);
}

TEST_F(RetryTest, APauseThatWouldEndAfterTheDeadlineIsNotBegun) {
  deadline_ = Deadline::After(clock_, Duration(250));
  EXPECT_EQ(Call({Busy(), Busy()}).error().message(), "busy");
  EXPECT_THAT(pauses_, ElementsAre(100));
}

TEST_F(RetryTest, AStopEndsThePauseAndTheRepetition) {
  stop_in_pause_ = true;
  EXPECT_FALSE(Call({Busy(), Busy()}));
  EXPECT_EQ(attempts_, 1);
}

TEST_F(RetryTest, RandomUnitStaysInItsRange) {
  for (int i = 0; i < 1000; ++i) {
    const double value = RandomUnit();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
  }
}

}  // namespace
}  // namespace freshet
