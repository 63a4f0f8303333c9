#include "net/http/cookie.h"

#include <gtest/gtest.h>

namespace freshet::net {
namespace {

HeaderFields Cookies(std::string_view value) {
  HeaderFields headers;
  headers.Add("Cookie", value);
  return headers;
}

TEST(CookieOf, FindsTheFirstOfItsName) {
  EXPECT_EQ(CookieOf(Cookies("a=1; b=2; b=3"), "b"), "2");
  EXPECT_EQ(CookieOf(Cookies("b=x=y"), "b"), "x=y");
}

TEST(CookieOf, DoesNotTakeAnotherNameForIt) {
  EXPECT_EQ(CookieOf(Cookies("ab=1; B=2; b"), "b"), "");
  EXPECT_EQ(CookieOf(HeaderFields(), "b"), "");
}

bool FromOwnOrigin(std::string_view origin, std::string_view host, bool secure = false) {
  Request request;
  if (!origin.empty()) request.headers.Add("Origin", origin);
  request.headers.Add("Host", host);
  request.secure = secure;
  return IsFromOwnOrigin(request);
}

TEST(IsFromOwnOrigin, ComparesHostAndPort) {
  EXPECT_TRUE(FromOwnOrigin("http://feed.example:8080", "Feed.example:8080"));
  EXPECT_FALSE(FromOwnOrigin("http://feed.example:8081", "feed.example:8080"));
  EXPECT_FALSE(FromOwnOrigin("http://feed.example.evil.org", "feed.example"));
  EXPECT_FALSE(FromOwnOrigin("http://sub.feed.example", "feed.example"));
}

TEST(IsFromOwnOrigin, RefusesWhatSaysNothing) {
  EXPECT_FALSE(FromOwnOrigin("", "feed.example"));
  EXPECT_FALSE(FromOwnOrigin("null", "feed.example"));
  EXPECT_FALSE(FromOwnOrigin("http://", ""));
}

TEST(IsFromOwnOrigin, WantsHttpsWhereTheConnectionIs) {
  EXPECT_TRUE(FromOwnOrigin("https://feed.example", "feed.example", true));
  EXPECT_FALSE(FromOwnOrigin("http://feed.example", "feed.example", true));
  EXPECT_TRUE(FromOwnOrigin("https://feed.example", "feed.example", false));
}

}  // namespace
}  // namespace freshet::net
