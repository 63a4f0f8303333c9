#include "net/api/routes.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "net/api/route_facts.h"
#include "net/api/testing/api_fixture.h"

namespace freshet::net {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

class RoutesTest : public ApiFixture {};

constexpr auto kNothing = [](const Caller&) -> Awaitable<Result<NoContent>> {
  co_return NoContent();
};

TEST_F(RoutesTest, KnowEverythingThatWasDeclared) {
  routes.Post("/v1/posts/{id}/comments", Scope::kWrite, RateClass::kPublish)
      .Summary("Comment on a post")
      .Doc("Once.")
      .Answers<201, StoredPost>("The comment.")
      .Fails(ErrorKind::kForbidden)
      .Fails(ErrorKind::kConflict, "post_deleted", "It is gone.")
      .BodyLimit(5)
      .Deprecated()
      .Handle([](const Caller&, PostId, Query<FeedQuery>,
                 Body<CreatePost>) -> Awaitable<Result<StoredPost>> { co_return StoredPost(); });
  const RouteInfo& info = routes.All().front().info;
  EXPECT_EQ(info.ToString(), "POST /v1/posts/{id}/comments");
  EXPECT_EQ(info.scope, Scope::kWrite);
  EXPECT_EQ(info.rate_class, RateClass::kPublish);
  EXPECT_EQ(info.tag, "posts");
  ASSERT_EQ(info.path_parameters.size(), 1U);
  EXPECT_EQ(info.path_parameters[0].name, "id");
  EXPECT_EQ(info.path_parameters[0].schema, &kSchema<PostId>);
  EXPECT_THAT(info.queries, ElementsAre(&kSchema<FeedQuery>));
  EXPECT_EQ(info.body, &kSchema<CreatePost>);
  EXPECT_EQ(info.body_limit, 5U);
  EXPECT_TRUE(info.deprecated);
  EXPECT_EQ(AnchorOf(info), "post-v1-posts-id-comments");
}

TEST_F(RoutesTest, ListEveryProblemThatFollowsFromADeclaration) {
  routes.Put("/v1/posts/{id}", Scope::kWrite, RateClass::kWrite)
      .Fails(ErrorKind::kConflict, "post_deleted", "It is gone.")
      .Handle([](const Caller&, PostId, Body<CreatePost>, IfMatch) -> Awaitable<Result<NoContent>> {
        co_return NoContent();
      });
  std::vector<std::pair<int, std::string>> problems;
  for (const auto& [status, codes] : ProblemsOf(routes.All().front().info)) {
    for (const auto& problem : codes) problems.emplace_back(status, problem.code);
  }
  EXPECT_THAT(problems, UnorderedElementsAre(
                            Pair(400, "malformed_query"), Pair(400, "malformed_json"),
                            Pair(401, "unauthenticated"), Pair(403, "missing_scope"),
                            Pair(404, "not_found"), Pair(406, "not_acceptable"),
                            Pair(409, "post_deleted"), Pair(412, "precondition_failed"),
                            Pair(413, "content_too_large"), Pair(415, "unsupported_media_type"),
                            Pair(422, "invalid"), Pair(429, "rate_limited"), Pair(500, "internal"),
                            Pair(503, "unavailable"), Pair(503, "deadline")));
}

TEST_F(RoutesTest, AHandlerMustTakeTheParametersOfItsPath) {
  EXPECT_THAT(
      [&] { routes.Get("/v1/posts/{id}", Scope::kRead, RateClass::kRead).Handle(kNothing); },
      ThrowsMessage<std::logic_error>(
          "GET /v1/posts/{id}: the path has 1 parameters, the handler takes 0"));
}

TEST_F(RoutesTest, APathIsDeclaredOnce) {
  const auto declare = [](Declaration<> declaration) {
    std::move(declaration).Handle([](const Caller&, PostId) -> Awaitable<Result<NoContent>> {
      co_return NoContent();
    });
  };
  declare(routes.Get("/v1/posts/{id}", Scope::kRead, RateClass::kRead));
  declare(routes.Delete("/v1/posts/{id}", Scope::kRead, RateClass::kRead));
  EXPECT_THAT([&] { declare(routes.Get("/v1/posts/{post}", Scope::kRead, RateClass::kRead)); },
              ThrowsMessage<std::logic_error>(HasSubstr("declared twice")));
}

TEST_F(RoutesTest, ContradictionsAreFoundAtTheStart) {
  EXPECT_THROW(routes.Get("/v1/a", Scope::kRead, RateClass::kRead)
                   .Handle([](const Caller&, Body<CreatePost>) -> Awaitable<Result<NoContent>> {
                     co_return NoContent();
                   }),
               std::logic_error);
  EXPECT_THROW(routes.Post("/v1/a", Scope::kRead, RateClass::kRead).Conditional().Handle(kNothing),
               std::logic_error);
  EXPECT_THROW(
      routes.Get("/v1/a", Scope::kRead, RateClass::kRead)
          .Handle([](const Caller&, Query<PageQuery>,
                     Query<PageQuery>) -> Awaitable<Result<NoContent>> { co_return NoContent(); }),
      std::logic_error);
}

struct OtherPost {
  std::string title;
  static constexpr auto Describe() {
    return Description("Post", "Another type of that name.", Field("title", &OtherPost::title));
  }
};

TEST_F(RoutesTest, ANameBelongsToOneType) {
  routes.Get("/v1/a", Scope::kRead, RateClass::kRead)
      .Handle([](const Caller&) -> Awaitable<Result<StoredPost>> { co_return StoredPost(); });
  routes.Get("/v1/b", Scope::kRead, RateClass::kRead)
      .Handle([](const Caller&) -> Awaitable<Result<OtherPost>> { co_return OtherPost(); });
  EXPECT_THAT([&] { api(); }, ThrowsMessage<std::logic_error>("two types are named Post"));
}

TEST_F(RoutesTest, HandlersAnswerInManyForms) {
  const auto get = [&](PathTemplate path) {
    return routes.Get(path, Scope::kPublic, RateClass::kNone);
  };
  get("/rendered").Handle([](const Caller&) -> Awaitable<Result<Rendered<StoredPost>>> {
    co_return Rendered<StoredPost>{R"({"id":"1"})", {}};
  });
  get("/page").Handle([](const Caller&) -> Awaitable<Result<Reply<Page<StoredPost>>>> {
    co_return Reply<Page<StoredPost>>{.body = Rendered<Page<StoredPost>>{"{}", "next one"}};
  });
  get("/reply").Answers<200, StoredPost>().Answers<202, StoredPost>().Handle(
      [](const Caller&) -> Awaitable<Result<Reply<StoredPost>>> {
        Reply<StoredPost> reply{StoredPost{PostId{3}, "x", {}}};
        reply.headers.Add("Location", "/v1/posts/3");
        reply.status = 202;
        co_return reply;
      });
  get("/raw")
      .AnswersWith<200>("text/plain")
      .Handle([](const Caller&, const Request& request) -> Awaitable<Result<RawResponse>> {
        RawResponse raw;
        raw.response.status = 203;
        raw.response.headers.Add("Content-Type", "text/html");
        raw.response.body = request.path;
        co_return raw;
      });
  EXPECT_EQ(Get("/rendered").body, R"({"id":"1"})");
  EXPECT_EQ(Get("/page").Header("Link"), "</page?cursor=next%20one>; rel=\"next\"");
  const Seen reply = Get("/reply");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.Header("Location"), "/v1/posts/3");
  EXPECT_EQ(reply.body, R"({"id":"3","text":"x","privacy":"public"})");
  const Seen raw = Get("/raw");
  EXPECT_EQ(raw.status, 203);
  EXPECT_EQ(raw.body, "/raw");
  EXPECT_THAT(raw.Header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
}

TEST_F(RoutesTest, HandlersTakeManyArguments) {
  routes.Put("/v1/{privacy}/{count}/{name}", Scope::kPublic, RateClass::kNone)
      .AnswersWith<200>("text/plain")
      .Handle([](const Caller&, Privacy privacy, std::int16_t count, std::string name, RawBody body,
                 IfMatch match) -> Awaitable<Result<RawResponse>> {
        RawResponse raw;
        raw.response.body = fmt::format("{} {} {} {} {} {}", NameOf(privacy), count, name,
                                        body.content_type, body.bytes, match.Allows("\"7\""));
        co_return raw;
      });
  const auto put = [&](std::string_view path) { return Send(Method::kPut, path, "bytes"); };
  EXPECT_EQ(With("If-Match", "\"7\"")
                .With("Content-Type", "x/y")
                .Send(Method::kPut, "/v1/friends/-5/a%20b", "bytes")
                .body,
            "friends -5 a b x/y bytes true");
  EXPECT_EQ(put("/v1/enemies/1/x").status, 404);
  EXPECT_EQ(put("/v1/friends/40000/x").status, 404);
  EXPECT_EQ(put("/v1/friends/1/%ff").status, 400);
}

TEST_F(RoutesTest, IfMatchComparesTagsWhetherCompressedOrNot) {
  EXPECT_TRUE(IfMatch{""}.Allows("\"a\""));
  EXPECT_TRUE(IfMatch{"*"}.Allows("\"a\""));
  EXPECT_TRUE(IfMatch{"\"b\", \"a\""}.Allows("\"a\""));
  EXPECT_TRUE(IfMatch{"W/\"a\""}.Allows("\"a\""));
  EXPECT_FALSE(IfMatch{"\"b\""}.Allows("\"a\""));
}

TEST(Scopes, AreReadFromOAuthsForm) {
  EXPECT_EQ(Scopes::Parse("write read"), (Scopes{Scope::kRead, Scope::kWrite}));
  EXPECT_EQ(Scopes::Parse("write  openid read").ToString(), "read write");
  EXPECT_EQ(Scopes::Parse(""), Scopes());
  EXPECT_TRUE(Scopes().Has(Scope::kPublic));
  EXPECT_FALSE((Scopes{Scope::kAdmin}.Contains({Scope::kRead})));
}

}  // namespace
}  // namespace freshet::net
