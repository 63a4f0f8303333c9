#include "net/api/api.h"

#include <gmock/gmock.h>

#include "net/api/negotiation.h"
#include "net/api/testing/api_fixture.h"

namespace freshet::net {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Serves what the API reference promises of posts, from nothing.
class ApiTest : public ApiFixture {
 protected:
  ApiTest() {
    authenticator.Add("reader", AccountId{7}, {Scope::kRead});
    authenticator.Add("writer", AccountId{7}, {Scope::kRead, Scope::kWrite});
    authenticator.Add("other", AccountId{8}, {Scope::kRead, Scope::kWrite});

    routes.Get("/v1/posts/{id}", Scope::kRead, RateClass::kRead)
        .Answers<200, StoredPost>()
        .Fails(ErrorKind::kNotFound)
        .Conditional()
        .Handle([this](const Caller& caller, PostId id) -> Awaitable<Result<StoredPost>> {
          caller_ = caller;
          if (failure_) co_return std::unexpected(*failure_);
          co_return StoredPost{id, text_, Privacy::kPublic};
        });
    routes.Post("/v1/posts", Scope::kWrite, RateClass::kPublish)
        .Answers<201, StoredPost>()
        .BodyLimit(1000)
        .Handle([this](const Caller& caller,
                       Body<CreatePost> request) -> Awaitable<Result<StoredPost>> {
          caller_ = caller;
          ++created_;
          if (failure_) co_return std::unexpected(*failure_);
          co_return StoredPost{PostId{created_}, request.value.text, request.value.privacy};
        });
    routes.Delete("/v1/posts/{id}", Scope::kWrite, RateClass::kWrite)
        .Handle(
            [](const Caller&, PostId) -> Awaitable<Result<NoContent>> { co_return NoContent(); });
    routes.Get("/v1/feed", Scope::kPublic, RateClass::kRead)
        .Answers<200, Page<StoredPost>>()
        .Handle([this](const Caller& caller, Query<FeedQuery> which,
                       Query<PageQuery> page) -> Awaitable<Result<Page<StoredPost>>> {
          caller_ = caller;
          feed_query_ = which.value;
          Page<StoredPost> posts;
          posts.items.resize(static_cast<std::size_t>(page.value.limit));
          if (!page.value.cursor) posts.next = "a+b";
          co_return posts;
        });
  }

  std::string text_ = "Tide's in";
  std::optional<Error> failure_;
  std::uint64_t created_ = 0;
  Caller caller_;
  FeedQuery feed_query_;
};

TEST_F(ApiTest, AnswersWithWhatTheHandlerReturns) {
  const Seen seen = As("reader").Get("/v1/posts/7");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.body, R"({"id":"7","text":"Tide's in","privacy":"public"})");
  EXPECT_EQ(seen.Header("Content-Type"), "application/json");
}

TEST_F(ApiTest, AnswersWithTheDeclaredStatus) {
  EXPECT_EQ(As("writer").Post("/v1/posts", R"({"text":"x"})").status, 201);
  const Seen deleted = As("writer").Delete("/v1/posts/7");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
}

TEST_F(ApiTest, TellsTheHandlerWhoCalls) {
  As("reader").From("192.0.2.9").Get("/v1/posts/7");
  EXPECT_EQ(caller_.account, AccountId{7});
  EXPECT_EQ(caller_.scopes, Scopes{Scope::kRead});
  EXPECT_EQ(caller_.session, 8U);
  EXPECT_EQ(caller_.request_id, "request-1");
  EXPECT_EQ(caller_.remote_address, "192.0.2.9");
  EXPECT_EQ(caller_.deadline.Remaining(clock), Duration(5000));
}

TEST_F(ApiTest, TakesNoTimeForWhatWaitedTooLong) {
  Request late = As("reader").Prepare(Method::kGet, "/v1/posts/7");
  clock.Advance(Duration(5000));
  const Seen seen = See(RunBlocking(api().Handle(late)));
  EXPECT_EQ(seen.Problem(), "503 deadline");
  EXPECT_EQ(seen.Header("Retry-After"), "1");
}

TEST_F(ApiTest, AsksForATokenWhereTheScopeIsNotPublic) {
  const Seen seen = Get("/v1/posts/7");
  EXPECT_EQ(seen.Problem(), "401 unauthenticated");
  EXPECT_EQ(seen.Header("WWW-Authenticate"), "Bearer realm=\"freshet\", scope=\"read\"");
}

TEST_F(ApiTest, RefusesABadTokenOnPublicRoutesToo) {
  const Seen seen = As("forged").Get("/v1/feed");
  EXPECT_EQ(seen.Problem(), "401 invalid_token");
  EXPECT_THAT(seen.Header("WWW-Authenticate"), HasSubstr("error=\"invalid_token\""));
  EXPECT_EQ(Get("/v1/feed").status, 200);
}

TEST_F(ApiTest, RefusesAuthorizationThatIsNoBearerToken) {
  for (const std::string_view value : {"Basic YTpi", "Bearer", "Bearer a b", "Bearer \"x\"", ""}) {
    EXPECT_EQ(With("Authorization", value).Get("/v1/feed").Problem(), "401 invalid_authorization")
        << value;
  }
}

TEST_F(ApiTest, NamesTheScopeThatATokenLacks) {
  const Seen seen = As("reader").Delete("/v1/posts/7");
  EXPECT_EQ(seen.Problem(), "403 missing_scope");
  EXPECT_THAT(seen.body, HasSubstr("\\\"write\\\""));
  EXPECT_THAT(seen.Header("WWW-Authenticate"),
              HasSubstr("error=\"insufficient_scope\", scope=\"write\""));
}

TEST_F(ApiTest, CannotServeWhileTokensCannotBeVerified) {
  authenticator.FailWith(Error(ErrorKind::kUnavailable, "connect to 10.0.0.3 refused"));
  const Seen seen = As("reader").Get("/v1/posts/7");
  EXPECT_EQ(seen.Problem(), "503 unavailable");
  EXPECT_THAT(seen.body, Not(HasSubstr("10.0.0.3")));
}

TEST_F(ApiTest, TellsAnUnknownPathFromAnotherMethod) {
  EXPECT_EQ(Get("/v1/nothing").Problem(), "404 not_found");
  EXPECT_EQ(Get("/v1/posts/abc").Problem(), "404 not_found");
  EXPECT_EQ(Get("/v1/posts/%zz").Problem(), "400 malformed_path");
  const Seen seen = SendJson(Method::kPut, "/v1/posts/7", "{}");
  EXPECT_EQ(seen.Problem(), "405 method_not_allowed");
  EXPECT_EQ(seen.Header("Allow"), "GET, HEAD, DELETE, OPTIONS");
}

TEST_F(ApiTest, AnswersOptionsWithTheMethods) {
  const Seen seen = Send(Method::kOptions, "/v1/posts");
  EXPECT_EQ(seen.status, 204);
  EXPECT_EQ(seen.Header("Allow"), "POST, OPTIONS");
}

TEST_F(ApiTest, ServesHeadAsGet) {
  const Seen seen = As("reader").Send(Method::kHead, "/v1/posts/7");
  EXPECT_EQ(seen.status, 200);
  EXPECT_NE(seen.Header("ETag"), "");
}

TEST_F(ApiTest, ReportsEveryMistakeOfABody) {
  EXPECT_EQ(As("writer").Post("/v1/posts", R"({"privacy":"x","txet":1})").Problem(),
            "422 invalid /text:required /privacy:unknown_word /txet:unknown_member");
  EXPECT_EQ(created_, 0U);
}

TEST_F(ApiTest, TellsMalformedFromInvalid) {
  const Seen seen = As("writer").Post("/v1/posts", "{\"text\":");
  EXPECT_EQ(seen.Problem(), "400 malformed_json");
  EXPECT_THAT(seen.body, HasSubstr("line 1, column 9"));
}

TEST_F(ApiTest, ReadsBodiesThatAreDeclaredAsJson) {
  const auto post_as = [&](std::string_view type) {
    return As("writer").With("Content-Type", type).Post("/v1/posts", R"({"text":"x"})").status;
  };
  EXPECT_EQ(post_as("application/json; charset=utf-8"), 201);
  EXPECT_EQ(post_as("Application/JSON"), 201);
  EXPECT_EQ(post_as("text/plain"), 415);
  EXPECT_EQ(post_as("application/json; charset=latin1"), 415);
  EXPECT_EQ(post_as(""), 415);
}

TEST_F(ApiTest, RefusesABodyWhereNoneIsTaken) {
  EXPECT_EQ(As("writer").Send(Method::kDelete, "/v1/posts/7", "{\"a\":1}").Problem(),
            "422 invalid :unexpected_body");
  EXPECT_EQ(As("writer").Send(Method::kDelete, "/v1/posts/7", " {} ").status, 204);
}

TEST_F(ApiTest, ReadsTheQuery) {
  EXPECT_EQ(Get("/v1/feed?privacy=friends&ids=1%2C2,3&unread=true&limit=2").status, 200);
  EXPECT_EQ(feed_query_.privacy, Privacy::kFriends);
  EXPECT_EQ(feed_query_.ids, (std::vector{PostId{1}, PostId{2}, PostId{3}}));
  EXPECT_EQ(feed_query_.unread, true);
}

TEST_F(ApiTest, ReportsEveryMistakeOfAQuery) {
  EXPECT_EQ(
      Get("/v1/feed?limit=101&privcy=public&ids=1,2,3,4&unread=1&cursor=a&cursor=b").Problem(),
      "422 invalid ids:too_many unread:wrong_type limit:too_large "
      "cursor:duplicate_parameter privcy:unknown_parameter");
  EXPECT_EQ(Get("/v1/feed?limit=%2").Problem(), "400 malformed_query");
  EXPECT_EQ(As("reader").Get("/v1/posts/7?x").Problem(), "422 invalid x:unknown_parameter");
}

TEST_F(ApiTest, LinksToTheNextPage) {
  const Seen first = Get("/v1/feed?limit=1&privacy=friends&cursor");
  EXPECT_EQ(first.Problem(), "422 invalid cursor:too_short");
  const Seen page = Get("/v1/feed?limit=1&privacy=friends");
  EXPECT_THAT(page.body, HasSubstr(R"("next":"a+b")"));
  EXPECT_EQ(page.Header("Link"), "</v1/feed?limit=1&privacy=friends&cursor=a%2Bb>; rel=\"next\"");
  const Seen last = Get("/v1/feed?limit=1&privacy=friends&cursor=a%2Bb");
  EXPECT_THAT(last.body, HasSubstr(R"("next":null)"));
  EXPECT_FALSE(last.headers.Has("Link"));
}

TEST_F(ApiTest, AnswersNotModifiedToWhoHasItAlready) {
  const std::string etag = As("reader").Get("/v1/posts/7").Header("ETag");
  EXPECT_EQ(etag, EntityTagOf(R"({"id":"7","text":"Tide's in","privacy":"public"})"));
  const Seen again = As("reader").With("If-None-Match", "\"x\", W/" + etag).Get("/v1/posts/7");
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.Header("ETag"), etag);
  EXPECT_EQ(again.Header("Cache-Control"), "no-cache, private");
  text_ = "Tide's out";
  EXPECT_EQ(As("reader").With("If-None-Match", etag).Get("/v1/posts/7").status, 200);
}

TEST_F(ApiTest, MinimalAcceptIsHonoured) {
  EXPECT_EQ(With("Accept", "text/html").Get("/v1/feed").Problem(), "406 not_acceptable");
  EXPECT_EQ(With("Accept", "text/html, */*;q=0.1").Get("/v1/feed").status, 200);
  EXPECT_EQ(With("Accept", "application/json;q=0, */*").Get("/v1/feed").Problem(),
            "406 not_acceptable");
}

TEST_F(ApiTest, ProtectsEveryAnswer) {
  for (const std::string_view path : {"/v1/feed", "/v1/nothing", "/docs", "/v1/posts/7"}) {
    const Seen seen = Get(path);
    EXPECT_EQ(seen.Header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(seen.Header("Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(seen.Header("X-Request-Id"), "request-1") << path;
    EXPECT_TRUE(seen.headers.Has("Cache-Control")) << path;
  }
  EXPECT_THAT(Get("/docs").Header("Content-Security-Policy"), StartsWith("default-src 'none'"));
}

TEST_F(ApiTest, HidesWhatWentWrongInside) {
  failure_ = Error(ErrorKind::kCorrupt, "block 17 of /var/freshet is bad");
  const Seen seen = As("reader").Get("/v1/posts/7");
  EXPECT_EQ(seen.Problem(), "500 internal");
  EXPECT_THAT(seen.body, Not(HasSubstr("block 17")));
}

TEST_F(ApiTest, TurnsExceptionsIntoProblems) {
  routes.Get("/v1/bug", Scope::kPublic, RateClass::kNone)
      .Handle([](const Caller&) -> Awaitable<Result<NoContent>> {
        throw std::runtime_error("secret detail");
        co_return NoContent();
      });
  const Seen seen = Get("/v1/bug");
  EXPECT_EQ(seen.Problem(), "500 internal");
  EXPECT_THAT(seen.body, Not(HasSubstr("secret detail")));
  EXPECT_THAT(metrics.Render(),
              HasSubstr("freshet_api_requests_total{route=\"GET /v1/bug\",status=\"5xx\"} 1"));
}

TEST_F(ApiTest, LimitsRatesAndSaysSo) {
  limits.enabled = true;
  limits.publish_burst = 2;
  const auto publish = [&] { return As("writer").Post("/v1/posts", R"({"text":"x"})"); };
  EXPECT_EQ(publish().Header("RateLimit-Remaining"), "1");
  EXPECT_EQ(publish().Header("RateLimit-Remaining"), "0");
  const Seen refused = publish();
  EXPECT_EQ(refused.Problem(), "429 rate_limited");
  EXPECT_EQ(refused.Header("Retry-After"), "2");
  EXPECT_EQ(refused.Header("RateLimit-Limit"), "2");
  EXPECT_EQ(refused.Header("RateLimit-Reset"), "4");
  EXPECT_EQ(As("other").Post("/v1/posts", R"({"text":"x"})").status, 201);
  clock.Advance(Duration(2000));
  EXPECT_EQ(publish().status, 201);
  EXPECT_EQ(created_, 4U);
}

TEST_F(ApiTest, LimitsTheGuessingOfTokens) {
  limits.enabled = true;
  limits.read_burst = 1;
  EXPECT_EQ(As("guess").Get("/v1/feed").status, 401);
  EXPECT_EQ(As("guess").Get("/v1/feed").status, 429);
  EXPECT_EQ(As("guess").From("192.0.2.2").Get("/v1/feed").status, 401);
}

TEST_F(ApiTest, VerifiesNoTokenForAnAddressThatGuessesTooMuch) {
  limits.enabled = true;
  limits.read_burst = 2;
  EXPECT_EQ(As("reader").Get("/v1/posts/7").status, 200);
  EXPECT_EQ(As("guess").Get("/v1/feed").status, 401);
  EXPECT_EQ(As("guess").Get("/v1/feed").status, 401);
  EXPECT_EQ(authenticator.verified(), 3);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(As("guess").Get("/v1/feed").status, 429);
  EXPECT_EQ(authenticator.verified(), 3);
  EXPECT_EQ(As("reader").Get("/v1/posts/7").status, 200) << "a known token costs no verification";
}

TEST_F(ApiTest, TellsTheServerHowMuchBodyEachRouteTakes) {
  EXPECT_EQ(api().Policy(Method::kPost, "/v1/posts").body_limit, 1000U);
  EXPECT_EQ(api().Policy(Method::kDelete, "/v1/posts/7").body_limit, 4096U);
  EXPECT_EQ(api().Policy(Method::kPost, "/nowhere").body_limit, 4096U);
}

TEST_F(ApiTest, RefusesInItsOwnFormat) {
  const Seen seen = See(api().Refuse(431, "The header fields are too long.", "request-9"));
  EXPECT_EQ(seen.Problem(), "431 headers_too_large");
  EXPECT_EQ(seen.Header("Content-Type"), "application/problem+json");
  EXPECT_EQ(seen.Header("X-Request-Id"), "request-9");
  EXPECT_EQ(See(api().Refuse(503, "Full.", "r")).Header("Retry-After"), "1");
}

TEST_F(ApiTest, DescribesItself) {
  const Seen openapi = Get("/openapi.json");
  EXPECT_TRUE(openapi.Json().at("paths").as_object().contains("/v1/posts/{id}"));
  EXPECT_THAT(Get("/docs").body, HasSubstr("id=\"post-v1-posts\""));
  EXPECT_EQ(With("If-None-Match", openapi.Header("ETag")).Get("/openapi.json").status, 304);
}

}  // namespace
}  // namespace freshet::net
