// Slows down the guessing of passwords.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"
#include "services/accounts/options.h"

namespace freshet::accounts {

// After some wrong passwords for a name, or from an address, each further attempt waits twice as
// long as the one before. Attempts that are refused make no wait longer, and waits are bounded, so
// nobody is locked out for ever; and from an address where the owner of the name is signed in
// already, attempts are counted apart from what strangers do. Names are counted whether or not they
// exist. An IPv6 address counts by its /64.
//
// An attempt counts as wrong from its Begin on until it is told otherwise, so that many at once get
// no further than one after the other. Memory is fixed: where room is needed, the entry of eight
// with the fewest wrong passwords is forgotten. Thread-safe.
class SignInThrottle {
 public:
  SignInThrottle(const SignInThrottleOptions& options, const Clock& clock, Metrics& metrics);

  struct Attempt {
    std::string_view name;
    std::string_view address;
    bool known_address = false;  // the owner of the name is signed in from there
  };

  // Errors: kExhausted (code "quota_sign_in", with the time to wait): do not look at the password.
  Result<> Begin(const Attempt& attempt);
  void Succeeded(const Attempt& attempt);
  // It never came to looking at the password.
  void Abandoned(const Attempt& attempt);

 private:
  struct Policy {
    std::int64_t free_attempts;
    std::int64_t forgiveness;  // ms
  };
  struct Entry {
    std::uint64_t key = 0;  // 0: free
    std::int64_t wrong = 0;
    std::int64_t counted_at = 0;  // ms on the steady clock; wrong passwords are forgiven from here
    std::int64_t open_at = 0;     // ms: when the next attempt is admitted
  };

  std::uint64_t NameKey(const Attempt& attempt) const;
  std::uint64_t AddressKey(std::string_view address) const;
  std::int64_t NowMs() const;
  std::int64_t Delay(const Policy& policy, std::int64_t wrong) const;
  Entry& Find(std::uint64_t key, std::int64_t now) REQUIRES(mutex_);
  void Forgive(const Policy& policy, std::int64_t now, Entry& entry) const;
  // Returns the ms to wait; 0: charged.
  std::int64_t Charge(const Policy& policy, std::uint64_t key, std::int64_t now) REQUIRES(mutex_);
  void Refund(const Policy& policy, std::uint64_t key, std::int64_t now) REQUIRES(mutex_);

  const SignInThrottleOptions options_;
  const Policy by_name_;
  const Policy by_address_;
  const Clock& clock_;
  const std::uint64_t seed_;  // keeps collisions from being arranged
  Counter refused_by_name_;
  Counter refused_by_address_;
  Mutex mutex_;
  std::vector<Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace freshet::accounts
