#include "net/auth/token_authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/bytes.h"
#include "base/io_threads.h"
#include "net/auth/testing/fake_identity_provider.h"

namespace freshet::net {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Links subjects to accounts and counts how often it is asked.
class FakeAccounts final : public ExternalAccounts {
 public:
  Awaitable<Result<AccountId>> AccountOf(std::string_view issuer, std::string_view subject,
                                         Deadline) override {
    ++asked;
    if (failing) co_return Unavailable("the database is down");
    if (issuer != "https://login.example" || subject != "ana") co_return NotFound("nobody");
    co_return AccountId{99};
  }
  int asked = 0;
  bool failing = false;
};

class TokenAuthenticatorTest : public testing::Test {
 protected:
  ~TokenAuthenticatorTest() override {
    RunBlocking(issuers_.Stop());
    fs::remove_all(folder_);
  }

  std::string Issue(Scopes scopes = {Scope::kRead, Scope::kWrite},
                    Duration ttl = std::chrono::minutes(15)) {
    return issuer_.IssueAccess(AccountId{42}, 7, scopes, ttl)->token;
  }
  Result<Identity> Authenticate(const std::string& token) {
    return RunBlocking(
        authenticator_.Authenticate(token, Deadline::After(clock_, Duration(1'000))));
  }
  std::string CodeOf(const std::string& token) {
    const auto identity = Authenticate(token);
    return identity ? "none" : identity.error().code();
  }

  JwtClaims OwnClaims() { return ParseClaims(ParseJws(Issue())->payload).value(); }
  std::string SignOwn(const JwtClaims& claims, std::string_view type = "at+jwt") {
    return SignJwt(*keys_->Current(), type, claims);
  }
  JwtClaims ForeignClaims() {
    JwtClaims claims;
    claims.issuer = "https://login.example";
    claims.subject = "ana";
    claims.audience = {"feed"};
    claims.session = "their-session";
    claims.expires_at = clock_.Now() + std::chrono::hours(1);
    return claims;
  }
  std::string SignForeign(const JwtClaims& claims) {
    return SignJwt(provider_.key(), "JWT", claims);
  }

  const fs::path folder_ =
      fs::temp_directory_path() / fmt::format("freshet-auth-{}", EncodeHex(RandomBytes(8)));
  FakeClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  Metrics metrics_;
  std::unique_ptr<SigningKeys> keys_ = SigningKeys::Open(folder_, {}, clock_, logger_).value();
  SessionRevocations revocations_{clock_};
  FakeIdentityProvider provider_{"https://login.example"};
  OidcIssuers issuers_{{.issuers = {"https://login.example feed"}}, provider_, clock_, logger_};
  FakeAccounts accounts_;
  TokenIssuer issuer_{{}, *keys_, clock_};
  TokenAuthenticator authenticator_{
      {},
      {.keys = *keys_, .revocations = revocations_, .issuers = &issuers_, .accounts = &accounts_},
      clock_,
      metrics_};
};

TEST_F(TokenAuthenticatorTest, ATokenStandsForWhomItWasIssuedTo) {
  const auto issued =
      issuer_.IssueAccess(AccountId{42}, 7, {Scope::kRead, Scope::kAdmin}, Duration(900'000));
  const auto identity = Authenticate(issued->token).value();
  EXPECT_EQ(identity.account, AccountId{42});
  EXPECT_EQ(identity.session, 7);
  EXPECT_EQ(identity.scopes, (Scopes{Scope::kRead, Scope::kAdmin}));
  EXPECT_EQ(identity.expires_at, issued->expires_at);
  EXPECT_EQ(identity.expires_at, clock_.Now() + Duration(900'000));
}

TEST_F(TokenAuthenticatorTest, TwoTokensAreNeverEqual) { EXPECT_NE(Issue(), Issue()); }

TEST_F(TokenAuthenticatorTest, ATokenLivesNoLongerThanItsKeyVerifies) {
  EXPECT_TRUE(issuer_.IssueAccess(AccountId{1}, 1, {}, keys_->longest_token()));
  EXPECT_EQ(
      issuer_.IssueAccess(AccountId{1}, 1, {}, keys_->longest_token() + Duration(1)).error().code(),
      "invalid_ttl");
  EXPECT_FALSE(issuer_.IssueAccess(AccountId{1}, 1, {}, Duration(0)));
}

TEST_F(TokenAuthenticatorTest, ARememberedTokenIsNotVerifiedAgain) {
  const auto token = Issue();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CodeOf(token), "none");
  EXPECT_EQ(CodeOf("rubbish"), "token_malformed");
  const auto rendered = metrics_.Render();
  EXPECT_THAT(rendered, HasSubstr("freshet_auth_tokens_total{outcome=\"verified\"} 1"));
  EXPECT_THAT(rendered, HasSubstr("freshet_auth_tokens_total{outcome=\"cached\"} 2"));
  EXPECT_THAT(rendered, HasSubstr("freshet_auth_tokens_total{outcome=\"refused\"} 1"));
}

TEST_F(TokenAuthenticatorTest, ATokenExpiresRememberedOrNot) {
  const auto seen = Issue(), unseen = Issue();
  EXPECT_EQ(CodeOf(seen), "none");
  clock_.Advance(std::chrono::minutes(15) + kClockLeeway - Duration(1));
  EXPECT_EQ(CodeOf(seen), "none");
  clock_.Advance(Duration(1));
  EXPECT_EQ(CodeOf(seen), "token_expired");
  EXPECT_EQ(CodeOf(unseen), "token_expired");
}

TEST_F(TokenAuthenticatorTest, AnEndedSessionsTokensAreRefusedRememberedOrNot) {
  const auto seen = Issue(), unseen = Issue();
  EXPECT_EQ(CodeOf(seen), "none");
  ASSERT_TRUE(revocations_.Revoke(7, clock_.Now() + std::chrono::hours(1)));
  EXPECT_EQ(CodeOf(seen), "token_revoked");
  EXPECT_EQ(CodeOf(unseen), "token_revoked");
  EXPECT_TRUE(Authenticate(issuer_.IssueAccess(AccountId{42}, 8, {}, Duration(60'000))->token));
}

TEST_F(TokenAuthenticatorTest, NoByteOfATokenMayChangeAfterItWasRemembered) {
  const std::string token = Issue();
  ASSERT_EQ(CodeOf(token), "none");
  for (std::size_t i = 0; i < token.size(); i += 7) {
    std::string tampered = token;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(CodeOf(tampered), "none") << i;
  }
}

TEST_F(TokenAuthenticatorTest, TokensOutliveTheRotationOfTheirKey) {
  clock_.Advance(std::chrono::days(30) - Duration(60'000));
  const auto token = Issue();
  clock_.Advance(Duration(60'000));
  ASSERT_TRUE(keys_->Rotate());
  EXPECT_NE(ParseJws(token)->key_id, keys_->Current()->id());
  EXPECT_EQ(CodeOf(token), "none");
  EXPECT_EQ(CodeOf(Issue()), "none");
}

TEST_F(TokenAuthenticatorTest, OwnTokensNeedAKeyOfOurs) {
  const auto stranger = SigningKey::Generate(JwsAlgorithm::kEdDsa).value();
  EXPECT_EQ(CodeOf(SignJwt(stranger, "at+jwt", OwnClaims())), "token_unknown_key");
  EXPECT_EQ(CodeOf(SignForeign(OwnClaims())), "token_unknown_key");
  // Our key's name on a stranger's signature.
  const std::string ours = SignOwn(OwnClaims()), theirs = SignJwt(stranger, "at+jwt", OwnClaims());
  EXPECT_EQ(CodeOf(ours.substr(0, ours.rfind('.')) + theirs.substr(theirs.rfind('.'))),
            "token_forged");
}

TEST_F(TokenAuthenticatorTest, OnlyAccessTokensAreAccepted) {
  EXPECT_EQ(CodeOf(SignOwn(OwnClaims())), "none");
  EXPECT_EQ(CodeOf(SignOwn(OwnClaims(), "JWT")), "token_malformed");
  EXPECT_EQ(CodeOf(SignOwn(OwnClaims(), "cursor")), "token_malformed");
}

TEST_F(TokenAuthenticatorTest, OwnTokensMustBeForUsAndMakeSense) {
  const auto with = [this](auto change) {
    JwtClaims claims = OwnClaims();
    change(claims);
    return CodeOf(SignOwn(claims));
  };
  EXPECT_EQ(with([](JwtClaims& c) { c.audience = {"another"}; }), "token_wrong_audience");
  EXPECT_EQ(with([](JwtClaims& c) { c.issuer = "https://unknown.example"; }), "token_wrong_issuer");
  EXPECT_EQ(with([](JwtClaims& c) { c.subject = "ana"; }), "token_malformed");
  EXPECT_EQ(with([](JwtClaims& c) { c.subject = "0"; }), "token_malformed");
  EXPECT_EQ(with([](JwtClaims& c) { c.session = "x"; }), "token_malformed");
  EXPECT_EQ(with([this](JwtClaims& c) { c.not_before = clock_.Now() + std::chrono::hours(1); }),
            "token_not_yet_valid");
}

TEST_F(TokenAuthenticatorTest, AForeignTokenStandsForTheLinkedAccount) {
  const auto identity = Authenticate(SignForeign(ForeignClaims())).value();
  EXPECT_EQ(identity.account, AccountId{99});
  EXPECT_EQ(identity.scopes, (Scopes{Scope::kRead, Scope::kWrite}));
}

TEST_F(TokenAuthenticatorTest, ATokenWithoutASessionOfOursCanBeEndedByItself) {
  JwtClaims other = ForeignClaims();
  other.id = "another";
  const auto token = SignForeign(ForeignClaims());
  const auto session = Authenticate(token)->session;
  ASSERT_TRUE(revocations_.Revoke(session, clock_.Now() + std::chrono::hours(1)));
  EXPECT_EQ(CodeOf(token), "token_revoked");
  EXPECT_EQ(CodeOf(SignForeign(other)), "none");
}

TEST_F(TokenAuthenticatorTest, AForeignTokenMayNarrowItsScopesButNotWidenThem) {
  JwtClaims claims = ForeignClaims();
  claims.scopes = "openid read admin";
  EXPECT_EQ(Authenticate(SignForeign(claims))->scopes, Scopes{Scope::kRead});
  claims.scopes = "openid profile";
  EXPECT_EQ(Authenticate(SignForeign(claims))->scopes, (Scopes{Scope::kRead, Scope::kWrite}));
}

TEST_F(TokenAuthenticatorTest, AForeignTokenIsLookedAtAgainAfterAWhile) {
  const auto token = SignForeign(ForeignClaims());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CodeOf(token), "none");
  EXPECT_EQ(accounts_.asked, 1);
  clock_.Advance(TokenOptions().foreign_cache);
  EXPECT_EQ(CodeOf(token), "none");
  EXPECT_EQ(accounts_.asked, 2);
}

TEST_F(TokenAuthenticatorTest, ForeignTokensMustBeForUsAndGenuine) {
  const auto with = [this](auto change) {
    JwtClaims claims = ForeignClaims();
    change(claims);
    return CodeOf(SignForeign(claims));
  };
  EXPECT_EQ(with([](JwtClaims& c) { c.audience = {"freshet"}; }), "token_wrong_audience");
  EXPECT_EQ(with([](JwtClaims& c) { c.subject = "ben"; }), "token_no_account");
  EXPECT_EQ(with([](JwtClaims& c) { c.subject = ""; }), "token_malformed");
  EXPECT_EQ(with([this](JwtClaims& c) { c.expires_at = clock_.Now() - std::chrono::hours(1); }),
            "token_expired");
  // Signed with our own key, in the name of the other issuer.
  EXPECT_EQ(CodeOf(SignOwn(ForeignClaims())), "token_unknown_key");
}

TEST_F(TokenAuthenticatorTest, TroubleElsewhereIsNotTheTokensFault) {
  accounts_.failing = true;
  EXPECT_EQ(Authenticate(SignForeign(ForeignClaims())).error().kind(), ErrorKind::kUnavailable);
  accounts_.failing = false;
  EXPECT_EQ(CodeOf(SignForeign(ForeignClaims())), "none");
}

TEST_F(TokenAuthenticatorTest, WithoutIssuersOnlyOwnTokensAreAccepted) {
  TokenAuthenticator alone({}, {.keys = *keys_, .revocations = revocations_}, clock_, metrics_);
  const auto foreign = SignForeign(ForeignClaims()), own = Issue();
  EXPECT_EQ(RunBlocking(alone.Authenticate(foreign, Deadline::Never())).error().code(),
            "token_wrong_issuer");
  EXPECT_TRUE(RunBlocking(alone.Authenticate(own, Deadline::Never())));
}

TEST_F(TokenAuthenticatorTest, NothingIsVerifiedAfterTheDeadline) {
  const auto token = Issue();
  const auto late = Deadline::At(clock_.Steady());
  EXPECT_EQ(RunBlocking(authenticator_.Authenticate(token, late)).error().kind(),
            ErrorKind::kDeadline);
}

}  // namespace
}  // namespace freshet::net
