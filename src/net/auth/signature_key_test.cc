#include "net/auth/signature_key.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"

namespace freshet::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Bytes(std::string_view base64url) { return DecodeBase64Url(base64url).value(); }

// RFC 8037 appendix A.
constexpr std::string_view kRfc8037Jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr std::string_view kRfc8037Signed =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr std::string_view kRfc8037Signature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

// RFC 7638 section 3.1.
constexpr std::string_view kRfc7638Jwk =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7)"
    R"(aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0)"
    R"(h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD0)"
    R"(8qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJ)"
    R"(zKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";

TEST(SignatureKeyTest, TheThumbprintsOfTheStandardsAreFound) {
  EXPECT_EQ(VerificationKey::FromJwk(kRfc8037Jwk)->Thumbprint(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_EQ(VerificationKey::FromJwk(kRfc7638Jwk)->Thumbprint(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(SignatureKeyTest, TheSignatureOfRfc8037IsVerified) {
  const auto key = VerificationKey::FromJwk(kRfc8037Jwk).value();
  EXPECT_TRUE(key.Verify(kRfc8037Signed, Bytes(kRfc8037Signature)));
  EXPECT_FALSE(key.Verify(std::string(kRfc8037Signed) + "x", Bytes(kRfc8037Signature)));
}

TEST(SignatureKeyTest, TheSignatureOfRfc8037IsMade) {
  // The private key of appendix A.1 in PKCS #8: a fixed prefix (RFC 8410 section 7) and the seed.
  std::string der = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                     0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
  der += Bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  std::string base64 = EncodeBase64Url(der);
  for (char& c : base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const auto key = SigningKey::FromPem("-----BEGIN PRIVATE KEY-----\n" + base64 +
                                       "\n-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->Sign(kRfc8037Signed), Bytes(kRfc8037Signature));
  EXPECT_EQ(key->id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

class OwnKeys : public testing::TestWithParam<JwsAlgorithm> {
 protected:
  const SigningKey key_ = SigningKey::Generate(GetParam()).value();
};

TEST_P(OwnKeys, ASignatureHoldsForItsMessageAndKeyAlone) {
  const std::string signature = key_.Sign("message");
  EXPECT_EQ(signature.size(), 64);
  EXPECT_TRUE(key_.verification().Verify("message", signature));
  EXPECT_FALSE(key_.verification().Verify("massage", signature));
  EXPECT_FALSE(SigningKey::Generate(GetParam())->verification().Verify("message", signature));
}

TEST_P(OwnKeys, NoByteOfASignatureMayChange) {
  const std::string signature = key_.Sign("message");
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string tampered = signature;
    tampered[i] = static_cast<char>(tampered[i] ^ 1);
    EXPECT_FALSE(key_.verification().Verify("message", tampered)) << i;
  }
  EXPECT_FALSE(key_.verification().Verify("message", signature.substr(1)));
  EXPECT_FALSE(key_.verification().Verify("message", signature + signature));
  EXPECT_FALSE(key_.verification().Verify("message", std::string(64, '\0')));
  EXPECT_FALSE(key_.verification().Verify("message", ""));
}

TEST_P(OwnKeys, BothFormsAreReadBack) {
  const auto from_pem = SigningKey::FromPem(key_.ToPem()).value();
  EXPECT_EQ(from_pem.id(), key_.id());
  const auto from_jwk = VerificationKey::FromJwk(key_.verification().ToJwk()).value();
  EXPECT_EQ(from_jwk.id(), key_.id());
  EXPECT_EQ(from_jwk.algorithm(), GetParam());
  EXPECT_TRUE(from_jwk.Verify("message", from_pem.Sign("message")));
}

TEST_P(OwnKeys, TheJwkHoldsNoSecret) {
  EXPECT_THAT(key_.verification().ToJwk(),
              AllOf(HasSubstr(key_.id()), HasSubstr(NameOf(GetParam())), Not(HasSubstr("\"d\""))));
}

INSTANTIATE_TEST_SUITE_P(All, OwnKeys, testing::Values(JwsAlgorithm::kEdDsa, JwsAlgorithm::kEs256),
                         [](const auto& info) { return std::string(NameOf(info.param)); });

TEST(SignatureKeyTest, RsaKeysAreNotMade) {
  EXPECT_EQ(SigningKey::Generate(JwsAlgorithm::kRs256).error().kind(), ErrorKind::kInvalid);
}

TEST(SignatureKeyTest, UnfitKeysAreRefused) {
  const std::string short_modulus = EncodeBase64Url("\x81" + std::string(126, 'n') + "\x01");
  for (const std::string& jwk : std::vector<std::string>{
           "", "[]", "{}", R"({"kty":"oct","k":"c2VjcmV0"})",
           // Another curve, a point of the wrong size, a point beside the curve.
           R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
           R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"})",
           R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
           R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aw"})",
           // RSA of 1,024 bits.
           R"({"kty":"RSA","e":"AQAB","n":")" + short_modulus + R"("})",
           // Meant for something else.
           R"({"kty":"OKP","crv":"Ed25519","use":"enc",)"
           R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
           R"({"kty":"OKP","crv":"Ed25519","alg":"RS256",)"
           R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"}) {
    EXPECT_FALSE(VerificationKey::FromJwk(jwk)) << jwk;
  }
}

TEST(SignatureKeyTest, ASetGivesItsUsableKeys) {
  const std::string set =
      fmt::format(R"({{"keys":[{},{{"kty":"oct","k":"AA"}},7,{}]}})", kRfc8037Jwk, kRfc7638Jwk);
  const auto keys = ParseJwks(set).value();
  ASSERT_EQ(keys.size(), 2);
  EXPECT_EQ(keys[0].algorithm(), JwsAlgorithm::kEdDsa);
  EXPECT_EQ(keys[1].id(), "2011-04-29");
  EXPECT_FALSE(ParseJwks("[]"));
  EXPECT_FALSE(ParseJwks(R"({"keys":{}})"));
  EXPECT_FALSE(ParseJwks("{\"keys\":[" + std::string(300'000, ' ') + "]}"));
}

TEST(SignatureKeyTest, ASetGivesNoMoreKeysThanAnIssuerNeeds) {
  std::string set = R"({"keys":[)" + std::string(kRfc8037Jwk);
  for (int i = 0; i < 99; ++i) set += "," + std::string(kRfc8037Jwk);
  EXPECT_EQ(ParseJwks(set + "]}")->size(), 64);
}

}  // namespace
}  // namespace freshet::net
