#include "base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/async.h"
#include "base/io_threads.h"

namespace freshet {
namespace {

using ::testing::HasSubstr;

Result<int> Half(int number) {
  if (number % 2 != 0) return Invalid("must be even", "odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const int half, Half(number));
  return Half(half);
}

Result<> MustBeEven(int number) {
  RETURN_IF_ERROR(Half(number));
  return {};
}

Awaitable<Result<int>> QuarterLater(int number) {
  CO_RETURN_IF_ERROR(MustBeEven(number));
  CO_ASSIGN_OR_RETURN(const int half, Half(number));
  co_return Half(half);
}

TEST(ResultTest, MacrosUnwrapValuesAndPassErrorsOn) {
  EXPECT_EQ(Quarter(12), 3);
  EXPECT_EQ(Quarter(6).error().code(), "odd");
  EXPECT_TRUE(MustBeEven(2));
  EXPECT_EQ(MustBeEven(3).error().message(), "must be even");
}

TEST(ResultTest, CoroutineMacrosDoTheSame) {
  EXPECT_EQ(RunBlocking(QuarterLater(12)), 3);
  EXPECT_EQ(RunBlocking(QuarterLater(7)).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(RunBlocking(QuarterLater(6)).error().kind(), ErrorKind::kInvalid);
}

TEST(ResultTest, ACodeDefaultsToTheKindsName) {
  EXPECT_EQ(NotFound("no such post").error().code(), "not_found");
  EXPECT_EQ(Conflict("taken", "unique").error().code(), "unique");
}

TEST(ResultTest, EveryKindHasItsNameAndItsShorthand) {
  const std::vector<std::pair<Failure, std::string>> failures{
      {Invalid(""), "invalid"},         {NotFound(""), "not_found"},
      {Conflict(""), "conflict"},       {Unauthenticated(""), "unauthenticated"},
      {Forbidden(""), "forbidden"},     {Exhausted(""), "exhausted"},
      {Unavailable(""), "unavailable"}, {DeadlineExceeded(""), "deadline"},
      {Corrupt(""), "corrupt"},         {Internal(""), "internal"}};
  for (const auto& [failure, name] : failures) EXPECT_EQ(Name(failure.error().kind()), name);
}

TEST(ResultTest, OnlyWhatMayPassByItselfIsRetryable) {
  for (const auto& failure : {Exhausted(""), Unavailable(""), DeadlineExceeded("")}) {
    EXPECT_TRUE(failure.error().retryable()) << failure.error().ToString();
  }
  for (const auto& failure : {Invalid(""), NotFound(""), Conflict(""), Unauthenticated(""),
                              Forbidden(""), Corrupt(""), Internal("")}) {
    EXPECT_FALSE(failure.error().retryable()) << failure.error().ToString();
  }
}

TEST(ResultTest, AnErrorTellsItsWayUp) {
  const Error error = Error(ErrorKind::kUnavailable, "connection refused", "refused")
                          .Within("redis")
                          .Within("reading the timeline");
  EXPECT_EQ(error.ToString(),
            "unavailable (refused): reading the timeline: redis: connection refused");
}

TEST(ResultTest, AnErrorCarriesWhenToTryAgain) {
  EXPECT_EQ(Error(ErrorKind::kExhausted, "full").retry_after(), std::nullopt);
  EXPECT_EQ(Error(ErrorKind::kExhausted, "full")
                .WithRetryAfter(std::chrono::milliseconds(250))
                .retry_after(),
            std::chrono::milliseconds(250));
}

TEST(ResultTest, FieldErrorsNameTheMember) {
  const auto failure = InvalidField("/name", "too_long", "at most 255 characters");
  ASSERT_EQ(failure.error().fields().size(), 1U);
  EXPECT_EQ(failure.error().fields()[0].field, "/name");
  EXPECT_EQ(failure.error().message(), "at most 255 characters");
  EXPECT_THAT(failure.error().ToString(), HasSubstr("/name: at most 255 characters"));
  const auto both = Error::Fields({{"/a", "required", "is missing"}, {"/b", "required", "too"}});
  EXPECT_EQ(both.kind(), ErrorKind::kInvalid);
  EXPECT_THAT(both.ToString(), HasSubstr("/a: is missing; /b: too"));
}

}  // namespace
}  // namespace freshet
