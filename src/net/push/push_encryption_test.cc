#include "net/push/push_encryption.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace freshet::net {
namespace {

// RFC 8291, appendix A.
constexpr std::string_view kPlain = "When I grow up, I want to be a watermelon";
constexpr std::string_view kReceiverPublic =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
constexpr std::string_view kAuth = "BTBZMqHH6r4Tts7J_aSIgg";
constexpr std::string_view kSenderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
constexpr std::string_view kSenderPublic =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
constexpr std::string_view kSalt = "DGv6ra1nlYgDCS1FRnbzlw";
constexpr std::string_view kMessage =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN";

PushKeys Receiver() { return ReadPushKeys(kReceiverPublic, kAuth).value(); }

TEST(PushEncryption, MakesTheMessageOfTheStandard) {
  const internal::PushSecrets secrets{.private_key = DecodeBase64Url(kSenderPrivate).value(),
                                      .public_key = DecodeBase64Url(kSenderPublic).value(),
                                      .salt = DecodeBase64Url(kSalt).value()};
  const auto message = internal::EncryptPushWith(kPlain, Receiver(), secrets);
  ASSERT_TRUE(message) << message.error().ToString();
  EXPECT_EQ(EncodeBase64Url(*message), kMessage);
}

TEST(PushEncryption, NeverUsesASaltOrAKeyTwice) {
  const auto first = EncryptPush(kPlain, Receiver()).value();
  const auto second = EncryptPush(kPlain, Receiver()).value();
  EXPECT_NE(first.substr(0, 16), second.substr(0, 16));
  EXPECT_NE(first.substr(21, 65), second.substr(21, 65));
  EXPECT_EQ(first.size(), second.size());
}

TEST(PushEncryption, HoldsNoMoreThanAPushServiceMustTake) {
  const auto fullest = EncryptPush(std::string(kMostPushPayload, 'x'), Receiver());
  ASSERT_TRUE(fullest);
  EXPECT_EQ(fullest->size(), 4'096U);
  EXPECT_EQ(EncryptPush(std::string(kMostPushPayload + 1, 'x'), Receiver()).error().code(),
            "payload_too_large");
}

TEST(PushEncryption, RefusesKeysThatNoBrowserMakes) {
  std::string off_the_curve(65, '\x07');
  off_the_curve.front() = '\x04';
  for (const std::string& point :
       {off_the_curve, std::string(65, '\0'), std::string("\x04"), std::string()}) {
    const auto keys = ReadPushKeys(EncodeBase64Url(point), kAuth);
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().fields().front().field, "/keys/p256dh");
  }
  const auto keys = ReadPushKeys(kReceiverPublic, EncodeBase64Url("too short"));
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().fields().front().field, "/keys/auth");
}

}  // namespace
}  // namespace freshet::net
