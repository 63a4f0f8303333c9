#include "base/clock.h"

#include <gtest/gtest.h>

#include <random>

namespace freshet {
namespace {

Timestamp At(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

// The text in the canonical form, or "refused".
std::string Canonical(std::string_view text) {
  const auto time = ParseTimestamp(text);
  return time ? FormatTimestamp(*time) : "refused";
}

TEST(TimestampTest, IsWrittenAsRfc3339InUtc) {
  EXPECT_EQ(FormatTimestamp(At(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(At(1'769'846'709'123)), "2026-01-31T08:05:09.123Z");
  EXPECT_EQ(FormatTimestamp(At(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatTimestamp(At(951'782'400'000)), "2000-02-29T00:00:00.000Z");
}

TEST(TimestampTest, IsReadWithOrWithoutFraction) {
  EXPECT_EQ(Canonical("2026-01-31T08:05:09Z"), "2026-01-31T08:05:09.000Z");
  EXPECT_EQ(Canonical("2026-01-31T08:05:09.5Z"), "2026-01-31T08:05:09.500Z");
  EXPECT_EQ(Canonical("2026-01-31T08:05:09.05Z"), "2026-01-31T08:05:09.050Z");
  EXPECT_EQ(Canonical("2026-01-31t08:05:09.123999999999999999999z"), "2026-01-31T08:05:09.123Z");
  EXPECT_EQ(Canonical("2026-01-31 08:05:09Z"), "2026-01-31T08:05:09.000Z");
}

TEST(TimestampTest, IsReadWithAnOffset) {
  EXPECT_EQ(Canonical("2026-01-01T01:30:00+01:30"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(Canonical("2025-12-31T16:00:00-08:00"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(Canonical("2026-01-01T00:00:00-00:00"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(Canonical("2026-01-01T00:00:00+23:59"), "2025-12-31T00:01:00.000Z");
}

TEST(TimestampTest, ALeapSecondIsTheFirstSecondOfTheNextMinute) {
  EXPECT_EQ(Canonical("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
  EXPECT_EQ(Canonical("2016-12-31T23:59:60.750Z"), "2017-01-01T00:00:00.750Z");
  EXPECT_EQ(Canonical("1990-12-31T15:59:60-08:00"), "1991-01-01T00:00:00.000Z");
}

TEST(TimestampTest, KnowsTheCalendar) {
  EXPECT_EQ(Canonical("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(Canonical("2023-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(Canonical("1900-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(Canonical("2026-04-31T00:00:00Z"), "refused");
  EXPECT_EQ(Canonical("2026-00-01T00:00:00Z"), "refused");
  EXPECT_EQ(Canonical("2026-13-01T00:00:00Z"), "refused");
  EXPECT_EQ(Canonical("2026-01-00T00:00:00Z"), "refused");
}

TEST(TimestampTest, TheEndsOfTheRangeAreRead) {
  EXPECT_EQ(Canonical("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(Canonical("9999-12-31T23:59:59.999Z"), "9999-12-31T23:59:59.999Z");
}

TEST(TimestampTest, EverythingElseIsRefused) {
  for (const auto* text : {"",
                           "2026",
                           "2026-01-31",
                           "2026-01-31T08:05Z",
                           "2026-01-31T08:05:09",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T08:60:00Z",
                           "2026-01-31T08:05:61Z",
                           "2026-01-31T08:05:09.Z",
                           "2026-01-31T08:05:09,5Z",
                           "2026-01-31T08:05:09+01",
                           "2026-01-31T08:05:09+0100",
                           "2026-01-31T08:05:09+24:00",
                           "2026-01-31T08:05:09+01:60",
                           "2026-01-31T08:05:09ZZ",
                           " 2026-01-31T08:05:09Z",
                           "2026-1-31T08:05:09Z",
                           "+026-01-31T08:05:09Z",
                           "2026-01-31T08:05:0-Z",
                           "2026-01-31X08:05:09Z"}) {
    EXPECT_EQ(Canonical(text), "refused") << text;
  }
  EXPECT_EQ(ParseTimestamp("soon").error().code(), "invalid_time");
}

TEST(TimestampTest, ReadsBackWhatWasWritten) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> any(-62'167'219'200'000, 253'402'300'799'999);
  for (int i = 0; i < 1'000; ++i) {
    const auto time = At(any(random));
    ASSERT_EQ(ParseTimestamp(FormatTimestamp(time)), time) << FormatTimestamp(time);
  }
}

TEST(FakeClockTest, StandsStillUntilMoved) {
  FakeClock clock;
  EXPECT_EQ(FormatTimestamp(clock.Now()), "2026-01-01T00:00:00.000Z");
  const auto steady = clock.Steady();
  EXPECT_EQ(clock.Steady(), steady);
  clock.Advance(Duration(1'500));
  EXPECT_EQ(FormatTimestamp(clock.Now()), "2026-01-01T00:00:01.500Z");
  EXPECT_EQ(clock.Steady() - steady, Duration(1'500));
}

TEST(FakeClockTest, SettingTheTimeOfDayLeavesTheSteadyClockAlone) {
  FakeClock clock;
  const auto steady = clock.Steady();
  clock.SetNow(At(5));
  EXPECT_EQ(clock.Now(), At(5));
  EXPECT_EQ(clock.Steady(), steady);
}

TEST(SystemClockTest, GoesOn) {
  const SystemClock clock;
  const auto steady = clock.Steady();
  EXPECT_GT(clock.Now(), *ParseTimestamp("2025-01-01T00:00:00Z"));
  EXPECT_GE(clock.Steady(), steady);
}

TEST(DeadlineTest, ExpiresWhenItsTimeComes) {
  FakeClock clock;
  const auto deadline = Deadline::After(clock, Duration(100));
  EXPECT_FALSE(deadline.Expired(clock));
  EXPECT_EQ(deadline.Remaining(clock), Duration(100));
  clock.Advance(Duration(99));
  EXPECT_FALSE(deadline.Expired(clock));
  clock.Advance(Duration(1));
  EXPECT_TRUE(deadline.Expired(clock));
  EXPECT_EQ(deadline.Remaining(clock), Duration(0));
  clock.Advance(Duration(50));
  EXPECT_EQ(deadline.Remaining(clock), Duration(0));
}

TEST(DeadlineTest, NeverDoesNotExpire) {
  FakeClock clock;
  EXPECT_FALSE(Deadline::Never().Expired(clock));
  EXPECT_EQ(Deadline::Never().Remaining(clock), Duration::max());
}

TEST(DeadlineTest, ADelayBeyondTheClocksRangeIsNever) {
  FakeClock clock;
  EXPECT_EQ(Deadline::After(clock, Duration::max()).at(), Deadline::Never().at());
  EXPECT_FALSE(Deadline::After(clock, Duration::max()).Expired(clock));
  EXPECT_TRUE(Deadline::After(clock, Duration(-5)).Expired(clock));
}

TEST(DeadlineTest, TheEarlierOfTwoHolds) {
  FakeClock clock;
  const auto early = Deadline::After(clock, Duration(1)),
             late = Deadline::After(clock, Duration(2));
  EXPECT_EQ(early.Within(late).at(), early.at());
  EXPECT_EQ(late.Within(early).at(), early.at());
  EXPECT_EQ(Deadline::Never().Within(late).at(), late.at());
}

}  // namespace
}  // namespace freshet
