#include "base/retry.h"

#include <gtest/gtest.h>

namespace freshet {
namespace {

constexpr RetryPolicy kPolicy{.base_delay = Duration(100), .max_delay = Duration(300)};

TEST(BackoffDelayTest, DoublesUpToTheLongest) {
  EXPECT_EQ(BackoffDelay(kPolicy, 1, 1), Duration(100));
  EXPECT_EQ(BackoffDelay(kPolicy, 2, 1), Duration(200));
  EXPECT_EQ(BackoffDelay(kPolicy, 3, 1), Duration(300));
  EXPECT_EQ(BackoffDelay(kPolicy, 100'000, 1), Duration(300));
}

TEST(BackoffDelayTest, JitterSpreadsAPauseFromZero) {
  EXPECT_EQ(BackoffDelay(kPolicy, 1, 0), Duration(0));
  EXPECT_EQ(BackoffDelay(kPolicy, 2, 0.25), Duration(50));
}

TEST(RandomUnitTest, StaysInItsRange) {
  for (int i = 0; i < 1000; ++i) {
    const double value = RandomUnit();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
  }
}

}  // namespace
}  // namespace freshet
