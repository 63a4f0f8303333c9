#include "services/notifications/preferences.h"

#include <gtest/gtest.h>

namespace freshet::notifications {
namespace {

// On an ordinary day, in UTC.
Timestamp At(int hour, int minute, int second = 0) {
  return Timestamp(std::chrono::days(20'000) + std::chrono::hours(hour) +
                   std::chrono::minutes(minute) + std::chrono::seconds(second));
}

TEST(QuietUntil, IsTheirEnd) {
  const QuietHours day{.start = "12:00", .end = "13:30"};
  EXPECT_EQ(QuietUntil(day, At(12, 45, 59)), At(13, 30));
  EXPECT_EQ(QuietUntil(day, At(12, 0)), At(13, 30));
}

TEST(QuietUntil, MayBeTomorrow) {
  const QuietHours night{.start = "22:00", .end = "07:00"};
  EXPECT_EQ(QuietUntil(night, At(23, 10)), At(31, 0));
  EXPECT_EQ(QuietUntil(night, At(6, 59)), At(7, 0));
}

TEST(QuietUntil, IsByThePersonsClock) {
  const QuietHours night{.start = "22:00", .end = "07:00", .utc_offset = -120};
  EXPECT_EQ(QuietUntil(night, At(2, 0)), At(9, 0));
}

TEST(QuietUntil, IsNowWhereNothingIsQuiet) {
  const QuietHours day{.start = "12:00", .end = "13:30"};
  EXPECT_EQ(QuietUntil(day, At(13, 30, 1)), At(13, 30, 1));
  const QuietHours never{.start = "12:00", .end = "12:00"};
  EXPECT_EQ(QuietUntil(never, At(12, 0)), At(12, 0));
}

}  // namespace
}  // namespace freshet::notifications
