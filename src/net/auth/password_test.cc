#include "net/auth/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/io_threads.h"

namespace freshet::net {
namespace {

using ::testing::MatchesRegex;

class PasswordTest : public testing::Test {
 protected:
  std::string Hash(const std::string& password) {
    return RunBlocking(hasher_.Hash(Secret(password))).value();
  }
  Result<bool> Verify(const std::string& password, const std::string& phc) {
    return RunBlocking(hasher_.Verify(Secret(password), phc));
  }

  Metrics metrics_;
  BlockingPool pool_{"passwords", 1, 4, metrics_};
  PasswordHasher hasher_{{.memory_kib = 64, .iterations = 1}, pool_};
};

TEST_F(PasswordTest, APasswordIsKnownByItsHash) {
  const auto phc = Hash("correct horse");
  EXPECT_THAT(phc, MatchesRegex(R"(\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$)"
                                R"([A-Za-z0-9+/]{43})"));
  EXPECT_TRUE(Verify("correct horse", phc).value());
  EXPECT_FALSE(Verify("correct horsf", phc).value());
  EXPECT_FALSE(Verify("", phc).value());
}

TEST_F(PasswordTest, TheSamePasswordHashesAnewEachTime) { EXPECT_NE(Hash("same"), Hash("same")); }

TEST_F(PasswordTest, ZeroBytesAndUnicodeCount) {
  const std::string password("a\0b\xc3\xa9", 5);
  const auto phc = Hash(password);
  EXPECT_TRUE(Verify(password, phc).value());
  EXPECT_FALSE(Verify("a", phc).value());
}

// From the test suite of the reference implementation (phc-winner-argon2, test.c), version 0x13.
TEST_F(PasswordTest, TheReferenceVectorIsVerified) {
  constexpr const char* kPhc =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_TRUE(Verify("password", kPhc).value());
  EXPECT_FALSE(Verify("passwore", kPhc).value());
}

TEST_F(PasswordTest, OtherParametersAskForANewHash) {
  EXPECT_FALSE(hasher_.NeedsRehash(Hash("x")));
  const PasswordHasher stronger({.memory_kib = 128, .iterations = 1}, pool_);
  EXPECT_TRUE(stronger.NeedsRehash(Hash("x")));
  EXPECT_TRUE(hasher_.NeedsRehash("$2b$12$abc"));
  EXPECT_TRUE(hasher_.NeedsRehash(""));
}

TEST_F(PasswordTest, AStoredTextThatIsNoHashIsCorrupt) {
  for (const char* phc :
       {"", "plain", "$2b$12$abc", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=1,p=1$!$!",
        "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=99999999,p=1$c29tZXNhbHQ$"
        "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=-1,t=1,p=1$c29tZXNhbHQ$AAAA"}) {
    EXPECT_EQ(Verify("x", phc).error().kind(), ErrorKind::kCorrupt) << phc;
  }
}

TEST_F(PasswordTest, APasswordThatIsTooLongIsNeverHashed) {
  const std::string longest(kMaxPasswordBytes, 'x');
  const auto phc = Hash(longest);
  EXPECT_TRUE(Verify(longest, phc).value());
  EXPECT_FALSE(Verify(longest + "x", phc).value());
  EXPECT_EQ(RunBlocking(hasher_.Hash(Secret(longest + "x"))).error().code(), "password_too_long");
}

TEST_F(PasswordTest, NothingIsNeverTheRightPassword) {
  EXPECT_FALSE(RunBlocking(hasher_.VerifyAgainstNothing(Secret("anything"))).value());
}

TEST_F(PasswordTest, TheWorkIsDoneOnThePool) {
  BlockingPool none("none", 0, 0, metrics_);
  PasswordHasher hasher({.memory_kib = 64, .iterations = 1}, none);
  const auto phc = Hash("x");
  EXPECT_EQ(RunBlocking(hasher.Hash(Secret("x"))).error().kind(), ErrorKind::kExhausted);
  EXPECT_EQ(RunBlocking(hasher.Verify(Secret("x"), phc)).error().kind(), ErrorKind::kExhausted);
  EXPECT_EQ(RunBlocking(hasher.VerifyAgainstNothing(Secret("x"))).error().kind(),
            ErrorKind::kExhausted);
}

}  // namespace
}  // namespace freshet::net
