#include "net/auth/oidc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/io_threads.h"
#include "net/auth/testing/fake_identity_provider.h"
#include "net/client/http_client.h"
#include "net/client/testing/loopback_server.h"

namespace freshet::net {
namespace {

using ::testing::Each;

class OidcTest : public testing::Test {
 protected:
  ~OidcTest() override { RunBlocking(issuers_.Stop()); }

  Jws SignedBy(const SigningKey& key) {
    token_ = SignJws(key, "JWT", "{}");
    return ParseJws(token_).value();
  }
  // "found", or the code of the error.
  std::string Ask(const Jws& jws) {
    const auto key =
        RunBlocking(issuers_.KeyFor(*issuers_.Find(provider_.issuer()), jws, Deadline::Never()));
    return key ? "found" : key.error().code();
  }
  std::string AskForTheKey() { return Ask(SignedBy(provider_.key())); }
  Awaitable<void> AskTogether(const Jws& jws, std::vector<bool>& found) {
    const auto* issuer = issuers_.Find(provider_.issuer());
    found.push_back((co_await issuers_.KeyFor(*issuer, jws, Deadline::Never())).has_value());
  }
  // Gives up after 20 ms; the provider answers only then.
  Awaitable<void> AskBriefly(OidcIssuers& issuers, const Clock& clock, const Jws& jws,
                             std::string& code) {
    const auto key = co_await issuers.KeyFor(*issuers.Find(provider_.issuer()), jws,
                                             Deadline::After(clock, Duration(20)));
    code = key ? "found" : key.error().code();
    provider_.Release();
  }
  static constexpr int kOneFetch = 2;  // discovery and keys

  std::string token_;
  FakeClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  FakeIdentityProvider provider_{"https://login.example"};
  OidcOptions options_{.issuers = {"https://login.example feed"}};
  OidcIssuers issuers_{options_, provider_, clock_, logger_};
};

TEST_F(OidcTest, OnlyConfiguredIssuersAreFound) {
  EXPECT_EQ(issuers_.Find("https://login.example")->audience, "feed");
  EXPECT_EQ(issuers_.Find("https://login.example/"), nullptr);
  EXPECT_EQ(issuers_.Find(""), nullptr);
}

TEST_F(OidcTest, KeysAreFetchedOnceAndRemembered) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(AskForTheKey(), "found");
  EXPECT_EQ(provider_.fetches(), kOneFetch);
}

TEST_F(OidcTest, OldKeysAreFetchedAgain) {
  AskForTheKey();
  clock_.Advance(options_.keys_for);
  EXPECT_EQ(AskForTheKey(), "found");
  EXPECT_EQ(provider_.fetches(), 2 * kOneFetch);
}

TEST_F(OidcTest, ANewKeyIsFetchedWhenATokenNamesIt) {
  AskForTheKey();
  provider_.AddKey();
  clock_.Advance(options_.fetch_pause);
  EXPECT_EQ(AskForTheKey(), "found");
}

TEST_F(OidcTest, MadeUpKeyIdsDoNotHammerTheIssuer) {
  AskForTheKey();
  clock_.Advance(options_.fetch_pause);
  for (int i = 0; i < 10; ++i) {
    const auto stranger = SigningKey::Generate(JwsAlgorithm::kEs256).value();
    EXPECT_EQ(Ask(SignedBy(stranger)), "token_unknown_key");
  }
  EXPECT_EQ(provider_.fetches(), 2 * kOneFetch);
}

TEST_F(OidcTest, AnIssuerThatFailsIsNotHammeredEither) {
  provider_.FailWith(Error(ErrorKind::kUnavailable, "down"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(AskForTheKey(), "unavailable");
  EXPECT_EQ(provider_.fetches(), 1);
  provider_.FailWith(std::nullopt);
  clock_.Advance(options_.fetch_pause);
  EXPECT_EQ(AskForTheKey(), "found");
}

TEST_F(OidcTest, StaleKeysServeWhileTheIssuerIsDown) {
  AskForTheKey();
  provider_.FailWith(Error(ErrorKind::kUnavailable, "down"));
  clock_.Advance(options_.keys_for + options_.stale_keys_for - Duration(1));
  EXPECT_EQ(AskForTheKey(), "found");
  clock_.Advance(options_.fetch_pause);
  EXPECT_EQ(AskForTheKey(), "unavailable");
}

TEST_F(OidcTest, ManyWhoWaitShareOneFetch) {
  provider_.Hold();
  const Jws jws = SignedBy(provider_.key());
  std::vector<bool> found;
  boost::asio::io_context context(1);
  for (int i = 0; i < 20; ++i) {
    boost::asio::co_spawn(context.get_executor(), AskTogether(jws, found), boost::asio::detached);
  }
  while (provider_.fetches() == 0) context.run_one();
  provider_.Release();
  context.run();
  EXPECT_EQ(found.size(), 20);
  EXPECT_THAT(found, Each(true));
  EXPECT_EQ(provider_.fetches(), kOneFetch);
}

TEST_F(OidcTest, NobodyWaitsBeyondTheDeadline) {
  provider_.Hold();
  const Jws jws = SignedBy(provider_.key());
  SystemClock clock;
  OidcIssuers issuers(options_, provider_, clock, logger_);
  std::string code;
  boost::asio::io_context context(1);
  boost::asio::co_spawn(context.get_executor(), AskBriefly(issuers, clock, jws, code),
                        boost::asio::detached);
  context.run();
  EXPECT_EQ(code, "deadline");
  RunBlocking(issuers.Stop());
}

TEST_F(OidcTest, ATokenWithoutKeyIdNeedsTheOnlyKey) {
  Jws jws = SignedBy(provider_.key());
  jws.key_id.clear();
  EXPECT_EQ(Ask(jws), "found");
  provider_.AddKey();
  clock_.Advance(options_.keys_for);
  Ask(jws);
  EXPECT_EQ(Ask(jws), "token_unknown_key");
}

TEST_F(OidcTest, AKeyOfAnotherAlgorithmIsNotTheTokens) {
  Jws jws = SignedBy(provider_.key());
  jws.algorithm = JwsAlgorithm::kRs256;
  EXPECT_EQ(Ask(jws), "token_unknown_key");
}

TEST_F(OidcTest, ADiscoveryDocumentMustBeTheIssuersOwn) {
  for (const char* document :
       {"", "[]", "{}",
        R"({"issuer":"https://evil.example","jwks_uri":"https://login.example/keys"})",
        R"({"issuer":"https://login.example"})",
        R"({"issuer":"https://login.example","jwks_uri":"http://login.example/keys"})",
        R"({"issuer":"https://login.example","jwks_uri":"http://localhost.evil.example/keys"})",
        R"({"issuer":"https://login.example","jwks_uri":7})"}) {
    provider_.SetDocument(provider_.DiscoveryUrl(), document);
    EXPECT_EQ(AskForTheKey(), "unavailable") << document;
    clock_.Advance(options_.fetch_pause);
  }
}

TEST_F(OidcTest, IssuersMustBeSafeAndDistinct) {
  const auto with = [&](std::vector<std::string> issuers) {
    OidcIssuers made({.issuers = std::move(issuers)}, provider_, clock_, logger_);
  };
  for (const std::string& text :
       {"", " ", "https://a", "https://a ", " feed", "https://a b c", "http://login.example a",
        "http://localhostile a", "http://localhost.example a", "login.example a"}) {
    EXPECT_THROW(with({text}), std::invalid_argument) << text;
  }
  EXPECT_THROW(with({"https://a feed", "https://a other"}), std::invalid_argument);
  EXPECT_NO_THROW(with({"http://localhost:8080/realm a", "https://a feed", "https://b feed"}));
}

TEST_F(OidcTest, DocumentsComeOverHttp) {
  LoopbackServer server([](const LoopbackRequest& request) {
    return request.target == "/good" ? LoopbackResponse(200, "document")
                                     : LoopbackResponse(302, "", {{"Location", "/good"}});
  });
  SystemClock clock;
  Metrics metrics;
  HttpClient client({}, clock, logger_, metrics);
  const auto source = MakeHttpDocumentSource(client);
  const auto deadline = Deadline::After(clock, Duration(20'000));
  EXPECT_EQ(RunBlocking(source->Fetch(server.Url("/good"), deadline)).value(), "document");
  EXPECT_EQ(RunBlocking(source->Fetch(server.Url("/moved"), deadline)).error().kind(),
            ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace freshet::net
