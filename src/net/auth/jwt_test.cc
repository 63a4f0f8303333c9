#include "net/auth/jwt.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"

namespace freshet::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr JwtExpectations kExpected{.issuer = "https://issuer.example", .audience = "feed"};

template <class T>
std::string CodeOf(const Result<T>& outcome) {
  return outcome ? "none" : outcome.error().code();
}

// RFC 7515 appendix A.2 and A.3.
constexpr std::string_view kRfc7515Payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr std::string_view kRfc7515Rsa =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4)"
    R"(qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OM)"
    R"(g0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3)"
    R"(qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4F)"
    R"(RWyuXpoQ","e":"AQAB"})";
constexpr std::string_view kRfc7515RsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju"
    "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
    "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU"
    "TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kRfc7515Ec =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view kRfc7515EcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

// RFC 7520 section 4.1.
constexpr std::string_view kRfc7520Rsa =
    R"({"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","n":"n4EPtAOCc9AlkeQHPzH)"
    R"(StgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2)"
    R"(wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M)"
    R"(1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS)"
    R"(2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw","e":"AQAB"})";
constexpr std::string_view kRfc7520Token =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9."
    "SXTigJlzIGEgZGFuZ2Vyb3"
    "VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlm"
    "I"
    "HlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB"
    "0"
    "IG9mZiB0by4.MRjdkly7_-"
    "oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996"
    "ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_"
    "qHRD68BNt1uSNCrUCTJDt"
    "5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_"
    "de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLU"
    "QSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg";

TEST(JwtVectorTest, TheTokensOfTheStandardsAreVerified) {
  const auto rsa = VerificationKey::FromJwk(kRfc7515Rsa).value();
  const auto ec = VerificationKey::FromJwk(kRfc7515Ec).value();
  const auto rsa_token =
      fmt::format("eyJhbGciOiJSUzI1NiJ9.{}.{}", kRfc7515Payload, kRfc7515RsaSignature);
  const auto ec_token =
      fmt::format("eyJhbGciOiJFUzI1NiJ9.{}.{}", kRfc7515Payload, kRfc7515EcSignature);
  EXPECT_TRUE(VerifyJws(ParseJws(rsa_token).value(), rsa));
  EXPECT_TRUE(VerifyJws(ParseJws(ec_token).value(), ec));
  EXPECT_EQ(ParseClaims(ParseJws(ec_token)->payload)->issuer, "joe");

  const auto cookbook = ParseJws(kRfc7520Token).value();
  EXPECT_EQ(cookbook.key_id, "bilbo.baggins@hobbiton.example");
  EXPECT_TRUE(VerifyJws(cookbook, VerificationKey::FromJwk(kRfc7520Rsa).value()));

  // Each with the other's key.
  EXPECT_EQ(CodeOf(VerifyJws(ParseJws(rsa_token).value(), ec)), "token_forged");
  EXPECT_EQ(CodeOf(VerifyJws(cookbook, rsa)), "token_forged");
}

class JwtTest : public testing::Test {
 protected:
  JwtClaims Claims() const {
    JwtClaims claims;
    claims.issuer = kExpected.issuer;
    claims.subject = "42";
    claims.audience = {"feed"};
    claims.scopes = "read write";
    claims.session = "7";
    claims.issued_at = now_;
    claims.expires_at = now_ + std::chrono::minutes(15);
    claims.id = "one";
    return claims;
  }
  std::string Sign(const JwtClaims& claims) const { return SignJwt(key_, "JWT", claims); }
  // A token with any header and payload, signed as it stands.
  std::string Craft(std::string_view header, std::string_view payload) const {
    const std::string part = EncodeBase64Url(header) + "." + EncodeBase64Url(payload);
    return part + "." + EncodeBase64Url(key_.Sign(part));
  }
  std::string Verify(std::string_view token) const {
    return CodeOf(VerifyJwt(token, key_.verification(), kExpected, now_));
  }
  std::string VerifyPayload(std::string_view payload) const {
    return Verify(Craft(R"({"alg":"EdDSA"})", payload));
  }

  const SigningKey key_ = SigningKey::Generate(JwsAlgorithm::kEdDsa).value();
  const Timestamp now_ = FakeClock().Now();
};

TEST_F(JwtTest, ClaimsComeBackAsTheyWereSigned) {
  const auto token = Sign(Claims());
  EXPECT_EQ(VerifyJwt(token, key_.verification(), kExpected, now_).value(), Claims());
  EXPECT_EQ(ParseJws(token)->key_id, key_.id());
  EXPECT_EQ(ParseJws(token)->type, "JWT");
}

TEST_F(JwtTest, SeveralAudiencesAreReadAndWritten) {
  JwtClaims claims = Claims();
  claims.audience = {"other", "feed"};
  EXPECT_EQ(VerifyJwt(Sign(claims), key_.verification(), kExpected, now_)->audience,
            claims.audience);
}

TEST_F(JwtTest, NoByteOfATokenMayChange) {
  const std::string token = Sign(Claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string tampered = token;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(Verify(tampered), "none") << i;
    EXPECT_NE(Verify(token.substr(0, i)), "none") << i;
  }
}

TEST_F(JwtTest, AnotherKeysTokenIsForged) {
  const auto other = SigningKey::Generate(JwsAlgorithm::kEdDsa).value();
  EXPECT_EQ(Verify(SignJwt(other, "JWT", Claims())), "token_forged");
}

TEST_F(JwtTest, TheAlgorithmIsTheKeysAndNotTheTokens) {
  const std::string payload = RenderClaims(Claims());
  EXPECT_EQ(Verify(Craft(R"({"alg":"EdDSA"})", payload)), "none");
  EXPECT_EQ(Verify(Craft(R"({"alg":"ES256"})", payload)), "token_forged");
  EXPECT_EQ(Verify(Craft(R"({"alg":"RS256"})", payload)), "token_forged");
  for (const char* algorithm : {"none", "None", "NONE", "HS256", "eddsa", "EdDSA ", "", "PS256"}) {
    EXPECT_EQ(Verify(Craft(fmt::format(R"({{"alg":"{}"}})", algorithm), payload)),
              "token_malformed")
        << algorithm;
  }
  // Signed with the public key as if it were a shared secret.
  const std::string part = EncodeBase64Url(R"({"alg":"HS256"})") + "." + EncodeBase64Url(payload);
  const auto mac = HmacSha256(key_.verification().ToJwk(), part);
  EXPECT_EQ(Verify(part + "." + EncodeBase64Url(AsBytes(mac))), "token_malformed");
}

TEST_F(JwtTest, AnUnsignedTokenIsRefused) {
  const std::string payload = EncodeBase64Url(RenderClaims(Claims()));
  EXPECT_EQ(Verify(EncodeBase64Url(R"({"alg":"none"})") + "." + payload + "."), "token_malformed");
  EXPECT_EQ(Verify(EncodeBase64Url(R"({"alg":"EdDSA"})") + "." + payload + "."), "token_malformed");
}

TEST_F(JwtTest, HeadersThatAskForMoreAreRefused) {
  const std::string payload = RenderClaims(Claims());
  for (const char* header : {R"({"alg":"EdDSA","crit":["exp"]})", R"({"alg":"EdDSA","crit":[]})",
                             R"({"kid":"1"})", R"({"alg":7})", R"({"alg":"EdDSA","kid":7})",
                             R"({"alg":"EdDSA","typ":["JWT"]})", "[]", "{", "\"EdDSA\"", "\xff"}) {
    EXPECT_EQ(Verify(Craft(header, payload)), "token_malformed") << header;
  }
}

TEST_F(JwtTest, OnlyThreePartsOfBase64UrlAreAToken) {
  const std::string token = Sign(Claims());
  for (const std::string& malformed :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), token + ".",
        token + ".x", "." + token, token + "=", token + " ", "\n" + token,
        std::string(kMaxTokenBytes + 1, 'a')}) {
    EXPECT_EQ(Verify(malformed), "token_malformed") << malformed.substr(0, 40);
  }
}

TEST_F(JwtTest, ATokenOverTheLimitIsRefusedHoweverWellItIsSigned) {
  JwtClaims claims = Claims();
  claims.id = std::string(kMaxTokenBytes, 'x');
  EXPECT_EQ(Verify(Sign(claims)), "token_malformed");
}

TEST_F(JwtTest, TimesHoldWithinTheLeeway) {
  using std::chrono::milliseconds;
  JwtClaims claims = Claims();
  const auto at = [&](Timestamp expires, std::optional<Timestamp> not_before) {
    claims.expires_at = expires;
    claims.not_before = not_before;
    return CodeOf(CheckClaims(claims, kExpected, now_));
  };
  EXPECT_EQ(at(now_ - kClockLeeway + milliseconds(1), std::nullopt), "none");
  EXPECT_EQ(at(now_ - kClockLeeway, std::nullopt), "token_expired");
  EXPECT_EQ(at(now_, now_ + kClockLeeway), "none");
  EXPECT_EQ(at(now_, now_ + kClockLeeway + milliseconds(1)), "token_not_yet_valid");
}

TEST_F(JwtTest, ATokenForSomebodyElseIsRefused) {
  JwtClaims claims = Claims();
  claims.issuer += "/";
  EXPECT_EQ(Verify(Sign(claims)), "token_wrong_issuer");
  claims = Claims();
  claims.audience = {"feeds"};
  EXPECT_EQ(Verify(Sign(claims)), "token_wrong_audience");
  claims.audience.clear();
  EXPECT_EQ(Verify(Sign(claims)), "token_wrong_audience");
}

TEST_F(JwtTest, DatesMayHaveFractions) {
  EXPECT_EQ(ParseClaims(R"({"exp":1300819380.5})")->expires_at.time_since_epoch().count(),
            1'300'819'380'500);
  EXPECT_EQ(ParseClaims(R"({"exp":1e9})")->expires_at.time_since_epoch().count(),
            1'000'000'000'000);
}

TEST_F(JwtTest, ClaimsOfTheWrongTypeAreRefused) {
  for (const char* payload :
       {"[]", "7", "{", R"({})", R"({"exp":"1300819380"})", R"({"exp":-1})", R"({"exp":1e300})",
        R"({"exp":1,"nbf":null})", R"({"exp":1,"iss":7})", R"({"exp":1,"sub":["42"]})",
        R"({"exp":1,"aud":7})", R"({"exp":1,"aud":["feed",7]})", R"({"exp":1,"scope":["read"]})",
        R"({"exp":1,"sid":7})"}) {
    EXPECT_EQ(VerifyPayload(payload), "token_malformed") << payload;
  }
}

TEST_F(JwtTest, DeepNestingIsRefused) {
  const auto nested = [](int depth) {
    return R"({"exp":1,"x":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_TRUE(ParseClaims(nested(10)));
  EXPECT_EQ(CodeOf(ParseClaims(nested(40))), "token_malformed");
  EXPECT_EQ(CodeOf(ParseClaims(nested(3'000))), "token_malformed");
}

TEST_F(JwtTest, AbsentClaimsAreEmpty) {
  const auto claims = ParseClaims(R"({"exp":1,"unknown":{"a":[1]}})").value();
  EXPECT_THAT(claims.audience, IsEmpty());
  EXPECT_EQ(claims.session, "");
  EXPECT_FALSE(claims.issued_at);
  EXPECT_THAT(ParseClaims(R"({"exp":1,"aud":"feed"})")->audience, ElementsAre("feed"));
}

}  // namespace
}  // namespace freshet::net
