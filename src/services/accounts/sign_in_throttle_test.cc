#include "services/accounts/sign_in_throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace freshet::accounts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Throttle : public testing::Test {
 protected:
  using Attempt = SignInThrottle::Attempt;

  static SignInThrottleOptions Options() {
    return {.account_attempts = 3,
            .address_attempts = 6,
            .account_forgiveness = minutes(10),
            .address_forgiveness = minutes(1),
            .first_delay = seconds(1),
            .longest_delay = minutes(15),
            .remembered = 64};
  }

  // How long an attempt has to wait; 0 when it is made and the password is wrong.
  std::int64_t Guess(std::string name, std::string address, bool known = false) {
    const auto begun = throttle_.Begin({.name = name, .address = address, .known_address = known});
    return begun ? 0 : std::chrono::ceil<seconds>(*begun.error().retry_after()).count();
  }
  std::int64_t SignIn(std::string name, std::string address, bool known = false) {
    const auto wait = Guess(name, address, known);
    if (wait == 0) throttle_.Succeeded({.name = name, .address = address, .known_address = known});
    return wait;
  }
  // Attempts on one name, each from an address of its own.
  std::int64_t GuessFromAnywhere(std::string name) {
    return Guess(std::move(name), "10.0.0." + std::to_string(next_++));
  }

  FakeClock clock_;
  Metrics metrics_;
  SignInThrottle throttle_{Options(), clock_, metrics_};
  int next_ = 0;
};

TEST_F(Throttle, DoublesTheWaitWithEachWrongPasswordForAName) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  for (const int wait : {1, 2, 4, 8, 16}) {
    EXPECT_EQ(GuessFromAnywhere("ana"), wait);
    clock_.Advance(seconds(wait));
    EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  }
  EXPECT_EQ(GuessFromAnywhere("ben"), 0);
}

TEST_F(Throttle, SaysHowToGoOn) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  const auto refused = throttle_.Begin({.name = "ana", .address = "10.1.0.1"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted);
  EXPECT_EQ(refused.error().code(), "quota_sign_in");
}

TEST_F(Throttle, AttemptsThatAreRefusedMakeNoWaitLonger) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 1);
  clock_.Advance(seconds(1));
  EXPECT_EQ(SignIn("ana", "10.2.0.1"), 0);
}

TEST_F(Throttle, NoWaitIsLongerThanTheLongest) {
  std::int64_t longest = 0;
  for (int i = 0; i < 100; ++i) {
    const auto wait = GuessFromAnywhere("ana");
    longest = std::max(longest, wait);
    clock_.Advance(seconds(wait));
  }
  EXPECT_GT(longest, 60);
  EXPECT_LE(longest, 15 * 60);
}

TEST_F(Throttle, TheOwnerIsNotHeldUpByStrangersWhereTheyAreSignedIn) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  EXPECT_GT(GuessFromAnywhere("ana"), 0);
  EXPECT_EQ(SignIn("ana", "10.9.0.1", /*known=*/true), 0);
  EXPECT_GT(GuessFromAnywhere("ana"), 0) << "which does not help the strangers";
}

TEST_F(Throttle, AKnownAddressMayNotGuessWithoutBoundEither) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Guess("ana", "10.9.0.1", true), 0);
  EXPECT_EQ(Guess("ana", "10.9.0.1", true), 1);
}

TEST_F(Throttle, TheRightPasswordForgivesTheName) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  EXPECT_EQ(SignIn("ana", "10.2.0.1"), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
}

TEST_F(Throttle, AnAddressThatGuessesManyNamesWaits) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Guess("name" + std::to_string(i), "10.0.0.1"), 0);
  EXPECT_EQ(Guess("another", "10.0.0.1"), 1);
  EXPECT_EQ(Guess("another", "10.0.0.2"), 0);
}

TEST_F(Throttle, AnAccountOfOnesOwnDoesNotClearTheAddress) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Guess("name" + std::to_string(i), "10.0.0.1"), 0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(SignIn("mallory", "10.0.0.1"), 0);
  EXPECT_EQ(Guess("name6", "10.0.0.1"), 0);
  EXPECT_EQ(Guess("name7", "10.0.0.1"), 1);
}

TEST_F(Throttle, RightPasswordsAreNeverHeldUpHoweverMany) {
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(SignIn("ana", "10.0.0.1"), 0);
}

TEST_F(Throttle, AttemptsAtOnceGetNoFurtherThanOneAfterTheOther) {
  int begun = 0;
  for (int i = 0; i < 50; ++i) begun += GuessFromAnywhere("ana") == 0 ? 1 : 0;
  EXPECT_EQ(begun, 3);
}

TEST_F(Throttle, ThreadsTogetherGetNoFurtherThanOne) {
  std::atomic<int> begun = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i)
          begun += Guess("ana", "10." + std::to_string(t) + ".0." + std::to_string(i)) == 0 ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(begun, 3);
}

TEST_F(Throttle, AnAttemptThatCameToNothingDoesNotCount) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Guess("ana", "10.0.0.1"), 0);
    throttle_.Abandoned({.name = "ana", .address = "10.0.0.1"});
  }
}

TEST_F(Throttle, ForgetsWithTime) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  clock_.Advance(minutes(30));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(GuessFromAnywhere("ana"), 0);
  EXPECT_EQ(GuessFromAnywhere("ana"), 1);
}

TEST_F(Throttle, AnIpv6NetworkIsOneAddress) {
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(Guess("n" + std::to_string(i), "2001:db8:0:1::" + std::to_string(i + 1)), 0);
  EXPECT_EQ(Guess("another", "2001:db8:0:1:ffff::9"), 1);
  EXPECT_EQ(Guess("another", "2001:db8:0:2::1"), 0);
}

TEST_F(Throttle, AnIpv4AddressIsItselfInIpv6sClothes) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Guess("n" + std::to_string(i), "::ffff:10.0.0.1"), 0);
  EXPECT_EQ(Guess("another", "10.0.0.1"), 1);
  EXPECT_EQ(Guess("another", "::ffff:10.0.0.2"), 0);
}

TEST_F(Throttle, AFloodOfNamesDoesNotMakeItForgetTheOneThatIsGuessed) {
  for (int i = 0; i < 4; ++i) {
    clock_.Advance(seconds(GuessFromAnywhere("ana")));
    GuessFromAnywhere("ana");
  }
  const auto wait = GuessFromAnywhere("ana");
  EXPECT_GT(wait, 0);
  for (int i = 0; i < 10'000; ++i)
    Guess("flood" + std::to_string(i), "10." + std::to_string(i / 250) + ".1." + std::to_string(i));
  EXPECT_EQ(GuessFromAnywhere("ana"), wait);
}

}  // namespace
}  // namespace freshet::accounts
