#include "net/api/rate_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <thread>

namespace freshet::net {
namespace {

constexpr AccountId kNobody;

class RateLimiterTest : public ::testing::Test {
 protected:
  bool Admit(RateClass rate_class, AccountId account, std::string_view address) {
    return limiter().Admit(rate_class, account, address).admitted;
  }
  int AdmittedOf(int calls, RateClass rate_class, AccountId account, std::string_view address) {
    int admitted = 0;
    for (int i = 0; i < calls; ++i) admitted += Admit(rate_class, account, address) ? 1 : 0;
    return admitted;
  }
  RateLimiter& limiter() {
    if (!limiter_) limiter_ = std::make_unique<RateLimiter>(options, clock);
    return *limiter_;
  }

  FakeClock clock;
  RateLimitOptions options;

 private:
  std::unique_ptr<RateLimiter> limiter_;
};

TEST_F(RateLimiterTest, AdmitsABurstAndThenTheRate) {
  EXPECT_EQ(AdmittedOf(200, RateClass::kWrite, AccountId{1}, "192.0.2.1"), 100);
  clock.Advance(Duration(1000));
  EXPECT_EQ(AdmittedOf(200, RateClass::kWrite, AccountId{1}, "192.0.2.1"), 5);
  clock.Advance(Duration(3'600'000));
  EXPECT_EQ(AdmittedOf(200, RateClass::kWrite, AccountId{1}, "192.0.2.1"), 100);
}

TEST_F(RateLimiterTest, SaysWhatIsLeftAndWhenToComeBack) {
  options.publish_burst = 2;
  const auto first = limiter().Admit(RateClass::kPublish, AccountId{1}, "192.0.2.1");
  EXPECT_TRUE(first.admitted);
  EXPECT_EQ(first.limit, 2);
  EXPECT_EQ(first.remaining, 1);
  EXPECT_EQ(first.reset, Duration(2000));
  limiter().Admit(RateClass::kPublish, AccountId{1}, "192.0.2.1");
  clock.Advance(Duration(500));
  const auto refused = limiter().Admit(RateClass::kPublish, AccountId{1}, "192.0.2.1");
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.remaining, 0);
  EXPECT_EQ(refused.reset, Duration(3500));
  EXPECT_EQ(refused.retry_after, Duration(1500));
  clock.Advance(refused.retry_after);
  EXPECT_TRUE(Admit(RateClass::kPublish, AccountId{1}, "192.0.2.1"));
}

TEST_F(RateLimiterTest, CountsAccountsAndClassesApart) {
  EXPECT_EQ(AdmittedOf(50, RateClass::kPublish, AccountId{1}, "192.0.2.1"), 30);
  EXPECT_EQ(AdmittedOf(50, RateClass::kPublish, AccountId{2}, "192.0.2.1"), 30);
  EXPECT_EQ(AdmittedOf(5, RateClass::kRead, AccountId{1}, "192.0.2.1"), 5);
}

TEST_F(RateLimiterTest, LimitsAllWhoShareAnAddressTogether) {
  int admitted = 0;
  for (std::uint64_t account = 1; account <= 20; ++account) {
    admitted += AdmittedOf(30, RateClass::kPublish, AccountId{account}, "192.0.2.1");
  }
  EXPECT_EQ(admitted, 300);
  EXPECT_TRUE(Admit(RateClass::kPublish, AccountId{99}, "192.0.2.2"));
}

TEST_F(RateLimiterTest, HoldsAnAddressToItsBadTokens) {
  options.publish_burst = 2;
  const auto may_show = [&](std::string_view address) {
    return limiter().AdmitToken(RateClass::kPublish, address).admitted;
  };
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(may_show("192.0.2.1")) << "looking takes nothing";
  EXPECT_EQ(AdmittedOf(5, RateClass::kPublish, kNobody, "192.0.2.1"), 2);
  EXPECT_TRUE(may_show("192.0.2.1")) << "calls without a token are counted apart";
  EXPECT_TRUE(limiter().ChargeBadToken(RateClass::kPublish, "192.0.2.1").admitted);
  EXPECT_TRUE(limiter().ChargeBadToken(RateClass::kPublish, "192.0.2.1").admitted);
  EXPECT_FALSE(may_show("192.0.2.1"));
  EXPECT_TRUE(may_show("192.0.2.2"));
  clock.Advance(Duration(2000));
  EXPECT_TRUE(may_show("192.0.2.1"));
}

TEST_F(RateLimiterTest, CountsSignInsByAddressWhoeverAsks) {
  EXPECT_EQ(AdmittedOf(7, RateClass::kSignIn, AccountId{1}, "192.0.2.1"), 7);
  EXPECT_EQ(AdmittedOf(7, RateClass::kSignIn, kNobody, "192.0.2.1"), 3);
}

TEST_F(RateLimiterTest, CountsAnIpv6NetworkAsOneAddress) {
  EXPECT_EQ(AdmittedOf(10, RateClass::kSignIn, kNobody, "2001:db8:0:1::1"), 10);
  EXPECT_FALSE(Admit(RateClass::kSignIn, kNobody, "2001:db8:0:1:ffff:1:2:3"));
  EXPECT_TRUE(Admit(RateClass::kSignIn, kNobody, "2001:db8:0:2::1"));
}

TEST_F(RateLimiterTest, KnowsAnIpv4AddressInIpv6sClothes) {
  EXPECT_EQ(AdmittedOf(10, RateClass::kSignIn, kNobody, "192.0.2.1"), 10);
  EXPECT_FALSE(Admit(RateClass::kSignIn, kNobody, "::ffff:192.0.2.1"));
  EXPECT_TRUE(Admit(RateClass::kSignIn, kNobody, "::ffff:192.0.2.2"));
}

TEST_F(RateLimiterTest, CanBeTurnedOffAndChangedWhileItRuns) {
  EXPECT_EQ(AdmittedOf(40, RateClass::kPublish, AccountId{1}, "192.0.2.1"), 30);
  options.enabled = false;
  limiter().Configure(options);
  EXPECT_EQ(AdmittedOf(40, RateClass::kPublish, AccountId{1}, "192.0.2.1"), 40);
  options.enabled = true;
  options.publish_per_minute = 60;
  options.publish_burst = 90;
  limiter().Configure(options);
  EXPECT_EQ(AdmittedOf(90, RateClass::kPublish, AccountId{1}, "192.0.2.1"), 30);
}

TEST_F(RateLimiterTest, LeavesOtherRoutesAlone) {
  const auto decision = limiter().Admit(RateClass::kNone, kNobody, "192.0.2.1");
  HeaderFields headers;
  decision.AddHeaders(headers);
  EXPECT_TRUE(decision.admitted);
  EXPECT_FALSE(headers.Has("RateLimit-Limit"));
}

TEST_F(RateLimiterTest, ForgetsFullBucketsFirst) {
  options.buckets = 64;
  options.read_burst = 1;
  EXPECT_TRUE(Admit(RateClass::kSignIn, kNobody, "192.0.2.1"));
  EXPECT_EQ(AdmittedOf(9, RateClass::kSignIn, kNobody, "192.0.2.1"), 9);
  // Far more callers than buckets, each of whom owes less than the one above.
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    clock.Advance(Duration(1));
    Admit(RateClass::kRead, kNobody, "198.51.100." + std::to_string(i));
  }
  EXPECT_EQ(AdmittedOf(10, RateClass::kSignIn, kNobody, "192.0.2.1"), 1)
      << "ten seconds give back one call";
}

// The same calls on a bucket of whole tokens that drips.
class Model {
 public:
  Model(double per_minute, double burst) : per_ms_(per_minute / 60'000), burst_(burst) {}
  bool Admit(std::uint64_t key, double now_ms) {
    auto [at, added] = buckets_.try_emplace(key, Bucket{burst_, now_ms});
    Bucket& bucket = at->second;
    bucket.tokens = std::min(burst_, bucket.tokens + (now_ms - bucket.at) * per_ms_);
    bucket.at = now_ms;
    // Sums of fractions are a little off.
    if (bucket.tokens < 1 - 1e-6) return false;
    bucket.tokens -= 1;
    return true;
  }

 private:
  struct Bucket {
    double tokens;
    double at;
  };
  const double per_ms_, burst_;
  std::map<std::uint64_t, Bucket> buckets_;
};

TEST_F(RateLimiterTest, BehavesAsASimpleModelDoes) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  options.read_per_minute = static_cast<std::int32_t>(1 + random() % 3000);
  options.read_burst = static_cast<std::int32_t>(1 + random() % 50);
  options.shared_address_factor = 1'000;
  Model model(options.read_per_minute, options.read_burst);
  double now = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto pause = static_cast<std::int64_t>(random() % 4 == 0 ? random() % 500 : 0);
    clock.Advance(Duration(pause));
    now += static_cast<double>(pause);
    const std::uint64_t account = 1 + random() % 5;
    ASSERT_EQ(Admit(RateClass::kRead, AccountId{account}, "192.0.2.1"), model.Admit(account, now))
        << "call " << i << ", " << options.read_per_minute << "/min, burst " << options.read_burst;
  }
}

TEST_F(RateLimiterTest, AdmitsNoMoreFromManyThreads) {
  options.publish_burst = 1000;
  options.shared_address_factor = 1000;
  limiter();
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { admitted += AdmittedOf(500, RateClass::kPublish, AccountId{1}, "192.0.2.1"); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1000);
}

}  // namespace
}  // namespace freshet::net
