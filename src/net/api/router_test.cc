#include "net/api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/api/routes.h"
#include "net/json/testing/sample.h"

namespace freshet::net {
namespace {

using testing::Privacy;

class RouterTest : public ::testing::Test {
 protected:
  template <class... A>
  void Declare(Declaration<>&& declaration) {
    std::move(declaration).Handle([](const Caller&, A...) -> Awaitable<Result<NoContent>> {
      co_return NoContent();
    });
  }

  // "GET /v1/posts/{id} [7]", or what is allowed instead.
  std::string Find(Method method, std::string_view path) {
    const Router router(routes.All());
    const PathSegments segments(path);
    const RouteMatch match = router.Find(method, segments);
    if (segments.malformed()) return "malformed";
    if (!match.route) return match.allowed.empty() ? "none" : "allowed " + match.allowed.ToString();
    std::string found = match.route->info.ToString();
    for (const std::string_view value : match.path_values()) found += fmt::format(" [{}]", value);
    return found;
  }
  std::string Find(std::string_view path) { return Find(Method::kGet, path); }

  Routes routes;
};

TEST_F(RouterTest, PrefersLiteralsToParameters) {
  Declare<AccountId>(routes.Get("/v1/accounts/{id}", Scope::kRead, RateClass::kRead));
  Declare<>(routes.Get("/v1/accounts/lookup", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find("/v1/accounts/7"), "GET /v1/accounts/{id} [7]");
  EXPECT_EQ(Find("/v1/accounts/lookup"), "GET /v1/accounts/lookup");
}

TEST_F(RouterTest, TriesParametersByTypeAndTextLast) {
  Declare<std::string>(routes.Get("/v1/x/{name}", Scope::kRead, RateClass::kRead));
  Declare<Privacy>(routes.Get("/v1/x/{privacy}", Scope::kRead, RateClass::kRead));
  Declare<PostId>(routes.Get("/v1/x/{id}", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find("/v1/x/7"), "GET /v1/x/{id} [7]");
  EXPECT_EQ(Find("/v1/x/friends"), "GET /v1/x/{privacy} [friends]");
  EXPECT_EQ(Find("/v1/x/07"), "GET /v1/x/{name} [07]");
}

TEST_F(RouterTest, GoesBackWhereALiteralLeadsNowhere) {
  Declare<std::string>(routes.Get("/v1/{list}/newest", Scope::kRead, RateClass::kRead));
  Declare<PostId>(routes.Get("/v1/posts/{id}", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find("/v1/posts/newest"), "GET /v1/{list}/newest [posts]");
  EXPECT_EQ(Find("/v1/posts/8"), "GET /v1/posts/{id} [8]");
}

TEST_F(RouterTest, ListsTheMethodsOfAPath) {
  Declare<PostId>(routes.Get("/v1/posts/{id}", Scope::kRead, RateClass::kRead));
  Declare<PostId>(routes.Patch("/v1/posts/{id}", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find(Method::kHead, "/v1/posts/7"), "GET /v1/posts/{id} [7]");
  EXPECT_EQ(Find(Method::kPut, "/v1/posts/7"), "allowed GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(Find(Method::kPut, "/v1/posts/x"), "none");
}

TEST_F(RouterTest, AMethodOfAnotherShapeOfThePathIsFoundToo) {
  Declare<>(routes.Get("/v1/posts/mine", Scope::kRead, RateClass::kRead));
  Declare<std::string>(routes.Delete("/v1/posts/{name}", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find(Method::kDelete, "/v1/posts/mine"), "DELETE /v1/posts/{name} [mine]");
  EXPECT_EQ(Find(Method::kPut, "/v1/posts/mine"), "allowed GET, HEAD, DELETE, OPTIONS");
}

TEST_F(RouterTest, DecodesSegmentsAfterCuttingThem) {
  Declare<std::string>(routes.Get("/v1/hashtags/{tag}/posts", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find("/v1/hashtags/a%2Fb%20c/posts"), "GET /v1/hashtags/{tag}/posts [a/b c]");
  EXPECT_EQ(Find("/%761/hashtags/x/posts"), "GET /v1/hashtags/{tag}/posts [x]");
  EXPECT_EQ(Find("/v1/hashtags/%C3%A9/posts"), "GET /v1/hashtags/{tag}/posts [é]");
  EXPECT_EQ(Find("/v1/hashtags/%/posts"), "malformed");
  EXPECT_EQ(Find("/v1/hashtags/%ff/posts"), "malformed");
  EXPECT_EQ(Find("/v1/hashtags/%00/posts"), "malformed");
}

TEST_F(RouterTest, IrregularPathsAreNowhere) {
  Declare<>(routes.Get("/", Scope::kRead, RateClass::kRead));
  Declare<>(routes.Get("/v1", Scope::kRead, RateClass::kRead));
  Declare<std::string>(routes.Get("/v1/{name}", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find("/"), "GET /");
  EXPECT_EQ(Find("/v1"), "GET /v1");
  for (const std::string_view path : {"", "v1", "*", "//", "/v1/", "//v1", "/v1//x", "/v1/x/"}) {
    EXPECT_EQ(Find(path), "none") << path;
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "/x";
  EXPECT_EQ(Find(deep), "none");
}

TEST_F(RouterTest, TakesTheRestOfAPathButNoWayOutOfIt) {
  Declare<std::string>(routes.Get("/media/{path...}", Scope::kRead, RateClass::kRead));
  EXPECT_EQ(Find("/media/a/b.webp"), "GET /media/{path...} [a/b.webp]");
  EXPECT_EQ(Find("/media/a%20b/c"), "GET /media/{path...} [a b/c]");
  for (const std::string_view path :
       {"/media", "/media/", "/media/../etc", "/media/a/%2e%2e/b", "/media/a%2fb", "/media/a\\b"}) {
    EXPECT_EQ(Find(path), "none") << path;
  }
}

}  // namespace
}  // namespace freshet::net
