// Every option of this folder is one that the configuration can read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config.h"
#include "net/auth/keys.h"
#include "net/auth/oidc.h"
#include "net/auth/password.h"
#include "net/auth/token_authenticator.h"

namespace freshet::net {
namespace {

using ::testing::HasSubstr;

class AuthOptionsTest : public testing::Test {
 protected:
  static Result<Config> Load(std::vector<std::string> arguments) {
    ConfigLoader loader;
    loader.AddSection<SigningKeysOptions>("signing_keys");
    loader.AddSection<OidcOptions>("oidc");
    loader.AddSection<TokenOptions>("tokens");
    loader.AddSection<PasswordOptions>("passwords");
    return loader.Load({.arguments = std::move(arguments), .environment = {}, .default_file = ""});
  }
};

TEST_F(AuthOptionsTest, AreReadFromFlags) {
  const auto config = Load({"--signing_keys.algorithm=ES256", "--tokens.cache_bytes=1MiB",
                            "--oidc.issuers=https://login.example feed"});
  ASSERT_TRUE(config) << config.error().ToString();
  EXPECT_EQ(config->Get<SigningKeysOptions>().algorithm, JwsAlgorithm::kEs256);
  EXPECT_EQ(config->Get<TokenOptions>().cache_bytes, 1 << 20);
  EXPECT_EQ(config->Get<OidcOptions>().issuers.at(0), "https://login.example feed");
  EXPECT_EQ(config->Get<PasswordOptions>().memory_kib, 19'456);
}

TEST_F(AuthOptionsTest, AreRefusedWhenTheyCannotWork) {
  EXPECT_THAT(Load({"--signing_keys.algorithm=RS256"}).error().message(),
              HasSubstr("must be EdDSA or ES256"));
  EXPECT_THAT(Load({"--oidc.issuers=http://login.example feed"}).error().message(),
              HasSubstr("https"));
}

}  // namespace
}  // namespace freshet::net
