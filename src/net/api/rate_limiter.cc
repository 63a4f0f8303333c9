#include "net/api/rate_limiter.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "base/bytes.h"

namespace freshet::net {
namespace {

constexpr std::size_t kWays = 8;  // two cache lines
constexpr std::size_t kShards = 64;
constexpr std::int64_t kNanosecondsPerMinute = 60'000'000'000;

std::uint64_t RandomSeed() {
  const std::string bytes = RandomBytes(8);
  std::uint64_t seed;
  std::memcpy(&seed, bytes.data(), 8);
  return seed;
}

std::uint64_t HashBytes(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = seed ^ bytes.size();
  while (!bytes.empty()) {
    std::uint64_t chunk = 0;
    const std::size_t size = std::min<std::size_t>(bytes.size(), 8);
    std::memcpy(&chunk, bytes.data(), size);
    hash = MixBits(hash ^ chunk) + seed;
    bytes.remove_prefix(size);
  }
  return MixBits(hash);
}

std::uint64_t HashAddress(std::string_view address, std::uint64_t seed) {
  if (address.find(':') == std::string_view::npos) return HashBytes(address, seed);
  in6_addr parsed;
  char text[INET6_ADDRSTRLEN + 1] = {};
  const std::string_view without_zone = address.substr(0, address.find('%'));
  if (without_zone.size() >= sizeof(text)) return HashBytes(address, seed);
  std::ranges::copy(without_zone, text);
  if (inet_pton(AF_INET6, text, &parsed) != 1) return HashBytes(address, seed);
  const char* const bytes = reinterpret_cast<const char*>(parsed.s6_addr);
  // IPv4 in IPv6's clothes has all its difference in the last four bytes.
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) {
    char plain[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, bytes + 12, plain, sizeof(plain));
    return HashBytes(plain, seed);
  }
  return HashBytes({bytes, 8}, ~seed);
}

Duration RoundUp(std::int64_t nanoseconds) {
  return std::chrono::ceil<Duration>(std::chrono::nanoseconds(nanoseconds));
}

}  // namespace

struct alignas(64) RateLimiter::Shard {
  Mutex mutex;
};

void RateLimitDecision::AddHeaders(HeaderFields& headers) const {
  if (!limited) return;
  headers.Add("RateLimit-Limit", fmt::format_int(limit).c_str());
  headers.Add("RateLimit-Remaining", fmt::format_int(remaining).c_str());
  headers.Add("RateLimit-Reset",
              fmt::format_int(std::chrono::ceil<std::chrono::seconds>(reset).count()).c_str());
}

RateLimiter::RateLimiter(const RateLimitOptions& options, const Clock& clock)
    : clock_(clock), seed_(RandomSeed()), shards_(std::make_unique<Shard[]>(kShards)) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(options.buckets, kWays));
  const std::size_t sets = std::bit_ceil((wanted + kWays - 1) / kWays);
  set_mask_ = sets - 1;
  buckets_.resize(sets * kWays);
  Configure(options);
}
RateLimiter::~RateLimiter() = default;

void RateLimiter::Configure(const RateLimitOptions& options) {
  const auto set = [&](RateClass rate_class, std::int32_t per_minute, std::int32_t burst) {
    Rate& rate = rates_[static_cast<std::size_t>(rate_class)];
    rate.interval_ns = kNanosecondsPerMinute / std::max(per_minute, 1);
    rate.burst = std::max(burst, 1);
  };
  set(RateClass::kRead, options.read_per_minute, options.read_burst);
  set(RateClass::kWrite, options.write_per_minute, options.write_burst);
  set(RateClass::kPublish, options.publish_per_minute, options.publish_burst);
  set(RateClass::kReact, options.react_per_minute, options.react_burst);
  set(RateClass::kSignIn, options.sign_in_per_minute, options.sign_in_burst);
  set(RateClass::kAdmin, options.admin_per_minute, options.admin_burst);
  shared_address_factor_ = std::max(options.shared_address_factor, 1);
  enabled_ = options.enabled;
}

RateLimitDecision RateLimiter::Admit(RateClass rate_class, AccountId account,
                                     std::string_view address) {
  const Rate& rate = rates_[static_cast<std::size_t>(rate_class)];
  if (!enabled_.load(std::memory_order_relaxed) || rate_class == RateClass::kNone) return {};
  const std::uint64_t class_seed = MixBits(seed_ + static_cast<std::uint64_t>(rate_class));
  if (!account || rate_class == RateClass::kSignIn) {
    return Take(HashAddress(address, class_seed), rate, 1);
  }
  const RateLimitDecision shared = Take(HashAddress(address, MixBits(class_seed + 1)), rate,
                                        shared_address_factor_.load(std::memory_order_relaxed));
  if (!shared.admitted) return shared;
  return Take(MixBits(account.value ^ MixBits(class_seed + 2)), rate, 1);
}

RateLimitDecision RateLimiter::AdmitToken(RateClass rate_class, std::string_view address) {
  return ForTokens(rate_class, address, Charges::kNothing);
}

RateLimitDecision RateLimiter::ChargeBadToken(RateClass rate_class, std::string_view address) {
  return ForTokens(rate_class, address, Charges::kOneCall);
}

RateLimitDecision RateLimiter::ForTokens(RateClass rate_class, std::string_view address,
                                         Charges charges) {
  if (!enabled_.load(std::memory_order_relaxed) || rate_class == RateClass::kNone) return {};
  const std::uint64_t class_seed = MixBits(seed_ + static_cast<std::uint64_t>(rate_class));
  return Take(HashAddress(address, MixBits(class_seed + 3)),
              rates_[static_cast<std::size_t>(rate_class)], 1, charges);
}

RateLimitDecision RateLimiter::Take(std::uint64_t key, const Rate& rate, std::int64_t factor,
                                    Charges charges) {
  const std::int64_t interval =
      std::max<std::int64_t>(rate.interval_ns.load(std::memory_order_relaxed) / factor, 1);
  const std::int64_t burst = rate.burst.load(std::memory_order_relaxed) * factor;
  const std::int64_t capacity = burst * interval;
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(clock_.Steady().time_since_epoch())
          .count();
  const auto [admitted, full_at] = Charge(key == 0 ? 1 : key, interval, capacity, now, charges);
  const std::int64_t debt = std::min(full_at - now, capacity);
  RateLimitDecision decision;
  decision.limited = true;
  decision.admitted = admitted;
  decision.limit = burst;
  decision.remaining = (capacity - debt) / interval;
  decision.reset = RoundUp(debt);
  if (!admitted) decision.retry_after = RoundUp(debt + interval - capacity);
  return decision;
}

// The generic cell rate algorithm (ITU-T I.371): the moment at which a bucket is full again says
// all that there is to know about it.
std::pair<bool, std::int64_t> RateLimiter::Charge(std::uint64_t key, std::int64_t interval,
                                                  std::int64_t capacity, std::int64_t now,
                                                  Charges charges) {
  const std::size_t set = key & set_mask_;
  MutexLock lock(shards_[set % kShards].mutex);
  const std::span<Bucket, kWays> ways(&buckets_[set * kWays], kWays);
  Bucket* bucket = &ways[0];
  for (Bucket& way : ways) {
    if (way.key == key) {
      bucket = &way;
      break;
    }
    if (way.full_at < bucket->full_at) bucket = &way;
  }
  if (bucket->key != key) {
    if (charges == Charges::kNothing) return {true, now};
    *bucket = {key, now};
  }
  // What a lower limit charged counts no more than this one could have.
  bucket->full_at = std::clamp(bucket->full_at, now, now + capacity);
  if (bucket->full_at + interval - now > capacity) return {false, bucket->full_at};
  if (charges == Charges::kOneCall) bucket->full_at += interval;
  return {true, bucket->full_at};
}

}  // namespace freshet::net
