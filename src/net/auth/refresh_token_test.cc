#include "net/auth/refresh_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace freshet::net {
namespace {

TEST(RefreshTokenTest, EachIsNewAndHas256Bits) {
  const auto token = NewRefreshToken();
  EXPECT_THAT(token.Reveal(), testing::MatchesRegex("fr_[A-Za-z0-9_-]{43}"));
  EXPECT_NE(NewRefreshToken(), token);
}

TEST(RefreshTokenTest, ItsHashIsAlwaysTheSame) {
  const auto token = NewRefreshToken();
  EXPECT_EQ(HashRefreshToken(token.Reveal()).value(), HashRefreshToken(token.Reveal()).value());
  EXPECT_NE(HashRefreshToken(token.Reveal()).value(),
            HashRefreshToken(NewRefreshToken().Reveal()).value());
  EXPECT_EQ(EncodeHex(AsBytes(*HashRefreshToken("fr_" + std::string(43, 'A')))),
            EncodeHex(AsBytes(Sha256("fr_" + std::string(43, 'A')))));
}

TEST(RefreshTokenTest, AnythingElseIsNone) {
  const std::string token = NewRefreshToken().Reveal();
  for (const std::string& other :
       {std::string(), std::string("fr_"), token.substr(3), token + "A", token.substr(0, 45),
        "xx_" + token.substr(3), "fr_" + std::string(42, 'A') + "B", token + "\n"}) {
    EXPECT_EQ(HashRefreshToken(other).error().kind(), ErrorKind::kUnauthenticated) << other;
  }
}

}  // namespace
}  // namespace freshet::net
