#include "base/circuit_breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace freshet {
namespace {

using ::testing::HasSubstr;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public testing::Test {
 protected:
  void Succeed(int times) { Call(times, false); }
  void Fail(int times) { Call(times, true); }
  void Call(int times, bool failed) {
    for (int i = 0; i < times; ++i) {
      const auto call = breaker_.Admit();
      ASSERT_TRUE(call);
      breaker_.Record(*call, failed);
    }
  }
  double Gauge() {
    return metrics_
        .GetGauge("freshet_circuit_breaker_state", "0 closed, 1 half open, 2 open",
                  {{"part", "redis"}})
        .Value();
  }

  FakeClock clock_;
  Metrics metrics_;
  CircuitBreaker breaker_{"redis", {}, clock_, metrics_};
};

TEST_F(CircuitBreakerTest, OpensWhenHalfOfTheCallsFail) {
  Succeed(5);
  Fail(4);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Fail(1);
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_EQ(Gauge(), 2);
}

TEST_F(CircuitBreakerTest, StaysClosedBelowHalf) {
  for (int i = 0; i < 100; ++i) {
    Succeed(2);
    Fail(1);
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
  EXPECT_EQ(Gauge(), 0);
}

TEST_F(CircuitBreakerTest, AFewFailuresAreNoPattern) {
  Fail(9);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, FailuresOfAnEarlierWindowAreForgotten) {
  Fail(9);
  clock_.Advance(Duration(10'000));
  Fail(1);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, RefusesWhileOpenAndSaysForHowLong) {
  Fail(10);
  clock_.Advance(Duration(10'000));
  const auto refused = breaker_.Admit();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().code(), "circuit_open");
  EXPECT_EQ(refused.error().retry_after(), Duration(20'000));
  EXPECT_THAT(refused.error().message(), HasSubstr("redis"));
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughAfterThirtySeconds) {
  Fail(10);
  clock_.Advance(Duration(29'999));
  EXPECT_FALSE(breaker_.Admit());
  clock_.Advance(Duration(1));
  EXPECT_TRUE(breaker_.Admit());
  EXPECT_EQ(breaker_.state(), State::kHalfOpen);
  EXPECT_EQ(Gauge(), 1);
  EXPECT_FALSE(breaker_.Admit());
}

TEST_F(CircuitBreakerTest, ClosesWhenTheProbeSucceeds) {
  Fail(10);
  clock_.Advance(Duration(30'000));
  Succeed(1);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Fail(9);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, OpensForAnotherThirtySecondsWhenTheProbeFails) {
  Fail(10);
  clock_.Advance(Duration(30'000));
  Fail(1);
  EXPECT_EQ(breaker_.state(), State::kOpen);
  clock_.Advance(Duration(29'999));
  EXPECT_FALSE(breaker_.Admit());
  clock_.Advance(Duration(1));
  EXPECT_TRUE(breaker_.Admit());
}

TEST_F(CircuitBreakerTest, AProbeThatNeverReportsIsGivenUp) {
  Fail(10);
  clock_.Advance(Duration(30'000));
  EXPECT_TRUE(breaker_.Admit());
  clock_.Advance(Duration(29'999));
  EXPECT_FALSE(breaker_.Admit());
  clock_.Advance(Duration(1));
  EXPECT_TRUE(breaker_.Admit());
  EXPECT_FALSE(breaker_.Admit());
}

TEST_F(CircuitBreakerTest, CallsThatWereUnderWayWhenItOpenedChangeNothing) {
  const auto call = breaker_.Admit();
  ASSERT_TRUE(call);
  Fail(10);
  breaker_.Record(*call, false);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, CallsThatWereUnderWayWhenItOpenedAreNoProbe) {
  const auto early = breaker_.Admit();
  const auto another = breaker_.Admit();
  Fail(10);
  clock_.Advance(Duration(30'000));
  const auto probe = breaker_.Admit();
  ASSERT_TRUE(early && another && probe);
  breaker_.Record(*early, false);
  EXPECT_EQ(breaker_.state(), State::kHalfOpen);
  breaker_.Record(*another, true);
  EXPECT_EQ(breaker_.state(), State::kHalfOpen);
  breaker_.Record(*probe, false);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, ThoseWithoutASeriesAreCountedWhileTheyAreNotClosed) {
  auto not_closed = metrics_.GetGauge("open", "");
  const auto fail = [](CircuitBreaker& breaker) { breaker.Record(breaker.Admit().value(), true); };
  const CircuitBreakerOptions options{.failure_ratio = 1, .minimum_calls = 1};
  CircuitBreaker first("first", options, clock_, not_closed);
  {
    CircuitBreaker second("second", options, clock_, not_closed);
    EXPECT_EQ(not_closed.Value(), 0);
    fail(first);
    fail(second);
    EXPECT_EQ(not_closed.Value(), 2);
  }
  EXPECT_EQ(not_closed.Value(), 1);
  clock_.Advance(options.open_for);
  fail(first);
  EXPECT_EQ(not_closed.Value(), 1);
  clock_.Advance(options.open_for);
  first.Record(first.Admit().value(), false);
  EXPECT_EQ(not_closed.Value(), 0);
}

}  // namespace
}  // namespace freshet
