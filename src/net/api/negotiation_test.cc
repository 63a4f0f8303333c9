#include "net/api/negotiation.h"

#include <gtest/gtest.h>

namespace freshet::net {
namespace {

TEST(Accept, AdmitsWhatItsClosestRangeWeighsAboveZero) {
  const auto json = [](std::string_view accept) { return Accepts(accept, "application/json"); };
  EXPECT_TRUE(json(""));
  EXPECT_TRUE(json("*/*"));
  EXPECT_TRUE(json("application/*"));
  EXPECT_TRUE(json("text/html, Application/JSON;q=0.1"));
  EXPECT_TRUE(json("application/json; charset=utf-8; q=1"));
  EXPECT_TRUE(json("*/*;q=0, application/json"));
  EXPECT_FALSE(json("text/html"));
  EXPECT_FALSE(json("text/*, image/png"));
  EXPECT_FALSE(json("application/json;q=0"));
  EXPECT_FALSE(json("application/json;q=0.0, */*"));
  EXPECT_FALSE(json("application/*;q=0, */*"));
  EXPECT_FALSE(json("application/json-seq"));
}

TEST(EntityTag, FollowsTheContent) {
  EXPECT_EQ(EntityTagOf("a"), EntityTagOf("a"));
  EXPECT_NE(EntityTagOf("a"), EntityTagOf("b"));
  EXPECT_EQ(EntityTagOf("").size(), 24U);
}

TEST(EntityTag, IsNamedInAListOrByAStar) {
  EXPECT_TRUE(NamesEntityTag("\"a\"", "\"a\""));
  EXPECT_TRUE(NamesEntityTag("\"b\",W/\"a\"", "\"a\""));
  EXPECT_TRUE(NamesEntityTag(" * ", "\"a\""));
  EXPECT_FALSE(NamesEntityTag("a", "\"a\""));
  EXPECT_FALSE(NamesEntityTag("", "\"a\""));
}

TEST(NextPageLink, KeepsTheQueryAndReplacesTheCursor) {
  EXPECT_EQ(NextPageLink("/v1/feed", "", "x"), "</v1/feed?cursor=x>; rel=\"next\"");
  EXPECT_EQ(NextPageLink("/v1/feed", "a=1&cursor=old&b=%20", "x/y"),
            "</v1/feed?a=1&b=%20&cursor=x%2Fy>; rel=\"next\"");
  EXPECT_EQ(NextPageLink("/v1/feed", "curso%72=old&&c", "x"),
            "</v1/feed?c&cursor=x>; rel=\"next\"");
}

TEST(NextPageLink, LetsNothingOutOfItsBrackets) {
  EXPECT_EQ(NextPageLink("/a>b", "q=\">\"&z=\r\n", "x"),
            "</a%3Eb?q=%22%3E%22&z=%0D%0A&cursor=x>; rel=\"next\"");
}

}  // namespace
}  // namespace freshet::net
