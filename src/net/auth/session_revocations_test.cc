#include "net/auth/session_revocations.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "net/auth/jwt.h"

namespace freshet::net {
namespace {

class SessionRevocationsTest : public testing::Test {
 protected:
  Timestamp In(Duration delay) const { return clock_.Now() + delay; }

  FakeClock clock_;
  SessionRevocations revocations_{clock_, 2'000};
};

TEST_F(SessionRevocationsTest, ARevokedSessionIsRevokedUntilItsTokensHaveExpired) {
  EXPECT_FALSE(revocations_.IsRevoked(7));
  ASSERT_TRUE(revocations_.Revoke(7, In(Duration(1'000))));
  EXPECT_TRUE(revocations_.IsRevoked(7));
  EXPECT_FALSE(revocations_.IsRevoked(8));
  clock_.Advance(Duration(1'000) + kClockLeeway - Duration(1));
  EXPECT_TRUE(revocations_.IsRevoked(7)) << "the token is still accepted";
  clock_.Advance(Duration(1));
  EXPECT_FALSE(revocations_.IsRevoked(7));
}

TEST_F(SessionRevocationsTest, ALaterRevocationNeverShortensAnEarlierOne) {
  ASSERT_TRUE(revocations_.Revoke(7, In(Duration(2'000))));
  ASSERT_TRUE(revocations_.Revoke(7, In(Duration(1'000))));
  clock_.Advance(Duration(1'500) + kClockLeeway);
  EXPECT_TRUE(revocations_.IsRevoked(7));
}

TEST_F(SessionRevocationsTest, ExpiredOnesMakeRoom) {
  for (std::uint64_t i = 1; i <= 1'999; ++i) {
    ASSERT_TRUE(revocations_.Revoke(i, In(Duration(1'000))));
  }
  ASSERT_TRUE(revocations_.Revoke(2'000, In(Duration(5'000))));
  clock_.Advance(Duration(1'000) + kClockLeeway);
  ASSERT_TRUE(revocations_.Revoke(2'001, In(Duration(1'000))));
  EXPECT_EQ(revocations_.size(), 2);
  EXPECT_TRUE(revocations_.IsRevoked(2'000));
}

TEST_F(SessionRevocationsTest, NothingIsForgottenWhenItIsFull) {
  for (std::uint64_t i = 1; i <= 2'000; ++i) {
    ASSERT_TRUE(revocations_.Revoke(i, In(Duration(1'000))));
  }
  const auto refused = revocations_.Revoke(2'001, In(Duration(1'000)));
  EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted);
  EXPECT_TRUE(revocations_.Revoke(5, In(Duration(3'000)))) << "it is held already";
  for (std::uint64_t i = 1; i <= 2'000; ++i) EXPECT_TRUE(revocations_.IsRevoked(i));
}

TEST_F(SessionRevocationsTest, ItIsAskedAndToldFromManyThreads) {
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (std::uint64_t i = 1; i <= 400; ++i) {
        EXPECT_TRUE(revocations_.Revoke(t * 400 + i, In(Duration(1'000))));
        EXPECT_TRUE(revocations_.IsRevoked(t * 400 + i));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(revocations_.size(), 1'600);
}

}  // namespace
}  // namespace freshet::net
