#include "net/api/problem.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/clock.h"
#include "net/http/status.h"
#include "net/json/json_writer.h"

namespace freshet::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

int Status(ErrorKind kind, std::string_view code = {}) {
  return StatusOf(Error(kind, "message", code));
}

std::string Text(const Response& response) { return std::get<std::string>(response.body); }

TEST(Problem, HasTheStatusOfItsKind) {
  EXPECT_EQ(Status(ErrorKind::kInvalid), 422);
  EXPECT_EQ(Status(ErrorKind::kUnauthenticated), 401);
  EXPECT_EQ(Status(ErrorKind::kForbidden), 403);
  EXPECT_EQ(Status(ErrorKind::kNotFound), 404);
  EXPECT_EQ(Status(ErrorKind::kConflict), 409);
  EXPECT_EQ(Status(ErrorKind::kUnavailable), 503);
  EXPECT_EQ(Status(ErrorKind::kDeadline), 503);
  EXPECT_EQ(Status(ErrorKind::kCorrupt), 500);
  EXPECT_EQ(Status(ErrorKind::kInternal), 500);
}

TEST(Problem, TellsTheBoundsOfClientsFromOurs) {
  EXPECT_EQ(Status(ErrorKind::kExhausted), 503);
  EXPECT_EQ(Status(ErrorKind::kExhausted, "disk_full"), 503);
  EXPECT_EQ(Status(ErrorKind::kExhausted, "queue_full"), 503);
  EXPECT_EQ(Status(ErrorKind::kExhausted, "rate_limited"), 429);
  EXPECT_EQ(Status(ErrorKind::kExhausted, "quota_sources"), 429);
}

TEST(Problem, HasTheStatusOfACodeThatHasItsOwn) {
  EXPECT_EQ(Status(ErrorKind::kNotFound, "gone"), 410);
  EXPECT_EQ(Status(ErrorKind::kConflict, "precondition_failed"), 412);
  EXPECT_EQ(Status(ErrorKind::kInvalid, "malformed_json"), 400);
  EXPECT_EQ(Status(ErrorKind::kInvalid, "some_code"), 422);
  EXPECT_EQ(Status(ErrorKind::kInternal, "gone"), 500) << "a bug stays a bug";
}

TEST(Problem, IsWrittenAsRfc9457SaysIt) {
  const Response response =
      ProblemResponse(Error::Fields({{"/text", "too_long", "Must have at most 3."}}), "r-1");
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/problem+json");
  EXPECT_EQ(Text(response),
            R"({"type":"/docs#problem-invalid","title":"Unprocessable Content","status":422,)"
            R"("detail":"Must have at most 3.","code":"invalid","errors":[{"field":"/text",)"
            R"("code":"too_long","message":"Must have at most 3."}],"request_id":"r-1"})");
}

TEST(Problem, LinksOnlyToWhatTheReferenceExplains) {
  EXPECT_EQ(ProblemOf(Error(ErrorKind::kConflict, "x", "username_taken"), "").type, "about:blank");
  EXPECT_EQ(ProblemOf(Error(ErrorKind::kNotFound, "x"), "").type, "/docs#problem-not_found");
}

TEST(Problem, KeepsMessagesOfFailuresInside) {
  for (const ErrorKind kind : {ErrorKind::kInternal, ErrorKind::kCorrupt, ErrorKind::kUnavailable,
                               ErrorKind::kDeadline, ErrorKind::kExhausted}) {
    const Response response = ProblemResponse(Error(kind, "redis at 10.0.0.3", "node_7"), "r");
    EXPECT_THAT(Text(response), Not(HasSubstr("10.0.0.3"))) << Name(kind);
  }
  EXPECT_EQ(ProblemOf(Error(ErrorKind::kCorrupt, "", "bad_block"), "").code, "internal");
}

TEST(Problem, SaysWhenToComeBack) {
  const auto after = [](Error error) {
    return std::string(ProblemResponse(error, "").headers.Get("Retry-After"));
  };
  EXPECT_EQ(after(Error(ErrorKind::kUnavailable, "")), "1");
  EXPECT_EQ(after(Error(ErrorKind::kUnavailable, "").WithRetryAfter(Duration(30'001))), "31");
  EXPECT_EQ(after(Error(ErrorKind::kExhausted, "", "quota_x").WithRetryAfter(Duration(1))), "1");
  EXPECT_EQ(after(Error(ErrorKind::kNotFound, "")), "");
}

TEST(Problem, EveryStatusThatTheServerRefusesWithHasItsOwnTitleAndCode) {
  for (const int status : {400, 408, 413, 414, 417, 426, 431, 500, 501, 503, 505}) {
    const std::string body = Text(ProblemResponse(status, "no", "r"));
    EXPECT_THAT(body, HasSubstr(fmt::format(R"("title":"{}","status":{})",
                                            StatusLine(status).substr(4), status)));
    const bool its_own = std::ranges::any_of(CommonProblemCodes(), [&](const ProblemCode& known) {
      return known.status == status && body.contains(fmt::format(R"("code":"{}")", known.code));
    });
    EXPECT_TRUE(its_own) << body;
  }
  EXPECT_EQ(TitleOf(418), "Bad Request");
  EXPECT_EQ(TitleOf(599), "Internal Server Error");
}

TEST(Problem, CodesAreListedInTheOrderOfTheirStatuses) {
  EXPECT_TRUE(std::ranges::is_sorted(CommonProblemCodes(), {}, &ProblemCode::status));
}

}  // namespace
}  // namespace freshet::net
