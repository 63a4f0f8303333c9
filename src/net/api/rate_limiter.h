// How often anybody may call: token buckets by class of route and by account or address.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "base/mutex.h"
#include "net/api/scope.h"
#include "net/http/message.h"

namespace freshet::net {

struct RateLimitOptions {
  bool enabled = true;
  std::int32_t read_per_minute = 3000;
  std::int32_t read_burst = 3000;
  std::int32_t write_per_minute = 300;
  std::int32_t write_burst = 100;
  std::int32_t publish_per_minute = 30;
  std::int32_t publish_burst = 30;
  std::int32_t react_per_minute = 100;
  std::int32_t react_burst = 100;
  std::int32_t sign_in_per_minute = 10;
  std::int32_t sign_in_burst = 10;
  std::int32_t admin_per_minute = 600;
  std::int32_t admin_burst = 600;
  std::int32_t shared_address_factor = 10;
  std::int64_t buckets = 262'144;

  static constexpr auto Describe() {
    using O = RateLimitOptions;
    return Description(
        "rate_limits", "How often a person or an address may call.",
        Field("enabled", &O::enabled).Reloadable().Doc("Turn off for load tests only."),
        Calls("read_per_minute", &O::read_per_minute).Doc("Reads, sustained."),
        Calls("read_burst", &O::read_burst).Doc("Reads at once."),
        Calls("write_per_minute", &O::write_per_minute).Doc("Likes, follows, edits, sustained."),
        Calls("write_burst", &O::write_burst).Doc("Likes, follows, edits at once."),
        Calls("publish_per_minute", &O::publish_per_minute).Doc("New posts, sustained."),
        Calls("publish_burst", &O::publish_burst).Doc("New posts at once."),
        Calls("react_per_minute", &O::react_per_minute).Doc("Likes and saves, sustained."),
        Calls("react_burst", &O::react_burst).Doc("Likes and saves at once."),
        Calls("sign_in_per_minute", &O::sign_in_per_minute).Doc("Attempts of one address."),
        Calls("sign_in_burst", &O::sign_in_burst).Doc("Attempts of one address at once."),
        Calls("admin_per_minute", &O::admin_per_minute).Doc("Administration, sustained."),
        Calls("admin_burst", &O::admin_burst).Doc("Administration at once."),
        Calls("shared_address_factor", &O::shared_address_factor)
            .Doc("How many times one person's rate all who are signed in from one address have."),
        Field("buckets", &O::buckets)
            .Range(64, 16'777'216)
            .Doc("How many are remembered, at 16 bytes each."));
  }

 private:
  static constexpr FieldOf<RateLimitOptions, std::int32_t> Calls(
      std::string_view name, std::int32_t RateLimitOptions::* member) {
    return Field(name, member).Range(1, 1e6).Reloadable();
  }
};

struct RateLimitDecision {
  bool limited = false;  // whether any limit applies
  bool admitted = true;
  std::int64_t limit = 0;      // calls that a full bucket holds
  std::int64_t remaining = 0;  // calls that it holds now
  Duration reset{0};           // until it is full again
  Duration retry_after{0};     // when refused: until one call is admitted

  // RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset, when a limit applies.
  void AddHeaders(HeaderFields& headers) const;
};

// The signed-in are limited by account, and all of one address together more generously; others by
// address, bad tokens apart from calls without one; RateClass::kSignIn always by address. An IPv6
// address counts by its /64.
//
// Thread-safe, and cheap: one or two short critical sections on one of many locks, no allocation.
// Memory is fixed: the table forgets the fullest bucket of eight where a new one needs room, so
// that at worst somebody regains a burst.
class RateLimiter {
 public:
  RateLimiter(const RateLimitOptions& options, const Clock& clock);
  ~RateLimiter();

  // Takes one call from the bucket, if it holds one. `account` is none for whoever is not signed
  // in.
  RateLimitDecision Admit(RateClass rate_class, AccountId account, std::string_view address);

  // Whether `address` may show another token that has to be verified: one that has shown too many
  // bad ones may not for a while, good ones included. Takes nothing.
  RateLimitDecision AdmitToken(RateClass rate_class, std::string_view address);
  // Takes one call for a token that was bad.
  RateLimitDecision ChargeBadToken(RateClass rate_class, std::string_view address);

  // Takes over all but `buckets`; debts stay.
  void Configure(const RateLimitOptions& options);

 private:
  struct Rate {
    std::atomic<std::int64_t> interval_ns{0};  // between two calls; 0: unlimited
    std::atomic<std::int64_t> burst{0};
  };
  struct Bucket {
    std::uint64_t key = 0;     // 0: free
    std::int64_t full_at = 0;  // ns on the steady clock
  };
  struct Shard;

  enum class Charges { kNothing, kOneCall };

  RateLimitDecision ForTokens(RateClass rate_class, std::string_view address, Charges charges);
  RateLimitDecision Take(std::uint64_t key, const Rate& rate, std::int64_t factor,
                         Charges charges = Charges::kOneCall);
  // Returns when the bucket is full again after this call, or when it is now if it holds none.
  std::pair<bool, std::int64_t> Charge(std::uint64_t key, std::int64_t interval,
                                       std::int64_t capacity, std::int64_t now, Charges charges);

  const Clock& clock_;
  const std::uint64_t seed_;  // keeps bucket collisions from being arranged
  std::atomic<bool> enabled_{true};
  std::atomic<std::int64_t> shared_address_factor_{1};
  std::array<Rate, kRateClasses> rates_;
  std::size_t set_mask_;
  std::unique_ptr<Shard[]> shards_;
  std::vector<Bucket> buckets_;  // sets of kWays, each guarded by the lock of its shard
};

}  // namespace freshet::net
