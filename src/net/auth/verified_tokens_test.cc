#include "net/auth/verified_tokens.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace freshet::net {
namespace {

class VerifiedTokensTest : public testing::Test {
 protected:
  static Identity Somebody(std::uint64_t account) {
    return {.account = AccountId{account},
            .scopes = {Scope::kRead},
            .session = account,
            .expires_at = Timestamp()};
  }
  void Put(const std::string& token, std::uint64_t account, Duration for_time = Duration(1'000)) {
    tokens_.Put(token, Somebody(account), now_ + for_time);
  }
  // The account, or 0.
  std::uint64_t Find(const std::string& token) {
    const auto found = tokens_.Find(token, now_);
    return found ? found->account.value : 0;
  }

  VerifiedTokens tokens_{std::size_t{1} << 20};
  Timestamp now_ = FakeClock().Now();
};

TEST_F(VerifiedTokensTest, ATokenIsFoundByItsEveryByte) {
  Put("header.payload.signature", 7);
  EXPECT_EQ(Find("header.payload.signature"), 7);
  EXPECT_EQ(Find("header.payload.signaturf"), 0);
  EXPECT_EQ(Find("header.payload.signatur"), 0);
  EXPECT_EQ(Find("header.payload.signature."), 0);
}

TEST_F(VerifiedTokensTest, ItIsForgottenWhenItsTimeIsOver) {
  Put("token", 7, Duration(1'000));
  now_ += Duration(999);
  EXPECT_EQ(Find("token"), 7);
  now_ += Duration(1);
  EXPECT_EQ(Find("token"), 0);
  EXPECT_EQ(tokens_.size(), 0);
}

TEST_F(VerifiedTokensTest, PuttingItAgainReplacesIt) {
  Put("token", 7, Duration(1'000));
  Put("token", 8, Duration(2'000));
  now_ += Duration(1'500);
  EXPECT_EQ(Find("token"), 8);
  EXPECT_EQ(tokens_.size(), 1);
}

TEST_F(VerifiedTokensTest, TheBytesAreBoundedAndTheLatestStay) {
  Put("first", 1);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    Put(fmt::format("{:0>500}", i), i + 2);
    ASSERT_EQ(Find("first"), 1) << "it was asked for lately";
  }
  EXPECT_LT(tokens_.size(), (std::size_t{1} << 20) / 500);
  EXPECT_GT(tokens_.size(), 500);
  EXPECT_EQ(Find(fmt::format("{:0>500}", 0)), 0);
  EXPECT_EQ(Find(fmt::format("{:0>500}", 9'999)), 10'001);
}

TEST_F(VerifiedTokensTest, ATokenThatIsTooLargeIsLeftOut) {
  Put(std::string(100'000, 'x'), 7);
  EXPECT_EQ(tokens_.size(), 0);
}

TEST_F(VerifiedTokensTest, NobodyIsMistakenForSomebodyElseUnderLoad) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([this, seed, t] {
      std::minstd_rand random(seed + t);
      for (int i = 0; i < 5'000; ++i) {
        const std::uint64_t account = random() % 3'000 + 1;
        const std::string token = fmt::format("{:0>400}", account);
        const std::uint64_t found = Find(token);
        EXPECT_TRUE(found == 0 || found == account);
        Put(token, account);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace freshet::net
