#include "net/push/vapid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "net/auth/jwt.h"

namespace freshet::net {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds(1'700'000'000'999)};

TEST(Vapid, SaysWhoSendsToWhomAndForHalfADay) {
  const auto key = SigningKey::Generate(JwsAlgorithm::kEs256).value();
  const auto vapid = Vapid::Create(key, "mailto:push@example.org").value();
  const std::string header = vapid.Authorization("https://push.example", kNow);
  ASSERT_THAT(header, testing::StartsWith("vapid t="));
  const std::string token = header.substr(8, header.find(',') - 8);
  const auto jws = ParseJws(token).value();
  EXPECT_TRUE(VerifyJws(jws, key.verification()));
  EXPECT_EQ(jws.algorithm, JwsAlgorithm::kEs256);
  EXPECT_EQ(jws.type, "JWT");
  EXPECT_EQ(jws.payload,
            R"({"aud":"https://push.example","exp":1700043200,"sub":"mailto:push@example.org"})");
  EXPECT_EQ(header.substr(header.find(',')), ", k=" + vapid.public_key());
  const auto point = DecodeBase64Url(vapid.public_key()).value();
  EXPECT_EQ(point.size(), 65U);
  EXPECT_EQ(point.front(), '\x04');
}

TEST(Vapid, TakesNoOtherKind) {
  EXPECT_FALSE(Vapid::Create(SigningKey::Generate(JwsAlgorithm::kEdDsa).value(), "mailto:a@b.c"));
}

}  // namespace
}  // namespace freshet::net
