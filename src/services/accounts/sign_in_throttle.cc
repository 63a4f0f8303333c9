#include "services/accounts/sign_in_throttle.h"

#include <algorithm>
#include <bit>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/id.h"

namespace freshet::accounts {
namespace {

constexpr std::size_t kWays = 8;

std::uint64_t FirstBytes(std::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

// Everything from which somebody with one connection can choose.
std::string NetworkOf(std::string_view address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(std::string(address), failed);
  if (failed || parsed.is_v4()) return std::string(address);
  const auto v6 = parsed.to_v6();
  if (v6.is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_string();
  const auto bytes = v6.to_bytes();
  return "v6:" + EncodeHex({reinterpret_cast<const char*>(bytes.data()), 8});
}

Counter RefusedCounter(Metrics& metrics, const char* by) {
  return metrics.GetCounter("freshet_sign_in_refused_total",
                            "Attempts to sign in that had to wait after wrong passwords.",
                            {{"by", by}});
}

}  // namespace

SignInThrottle::SignInThrottle(const SignInThrottleOptions& options, const Clock& clock,
                               Metrics& metrics)
    : options_(options),
      by_name_{options.account_attempts, options.account_forgiveness.count()},
      by_address_{options.address_attempts, options.address_forgiveness.count()},
      clock_(clock),
      seed_(FirstBytes(RandomBytes(8))),
      refused_by_name_(RefusedCounter(metrics, "account")),
      refused_by_address_(RefusedCounter(metrics, "address")),
      entries_(std::bit_ceil(static_cast<std::size_t>(options.remembered))) {}

Result<> SignInThrottle::Begin(const Attempt& attempt) {
  const std::int64_t now = NowMs();
  std::int64_t wait = 0;
  {
    MutexLock lock(mutex_);
    const std::uint64_t address = AddressKey(attempt.address);
    wait = Charge(by_address_, address, now);
    if (wait > 0) {
      refused_by_address_.Add();
    } else {
      wait = Charge(by_name_, NameKey(attempt), now);
      if (wait == 0) return {};
      Refund(by_address_, address, now);
      refused_by_name_.Add();
    }
  }
  return Failure(Error(ErrorKind::kExhausted,
                       "There were too many wrong passwords. Retry-After says when the next "
                       "attempt is possible.",
                       "quota_sign_in")
                     .WithRetryAfter(Duration(wait)));
}

void SignInThrottle::Succeeded(const Attempt& attempt) {
  const std::int64_t now = NowMs();
  MutexLock lock(mutex_);
  Find(NameKey(attempt), now).wrong = 0;
  // An account of one's own must not clear the address for guessing others'.
  Refund(by_address_, AddressKey(attempt.address), now);
}

void SignInThrottle::Abandoned(const Attempt& attempt) {
  const std::int64_t now = NowMs();
  MutexLock lock(mutex_);
  Refund(by_name_, NameKey(attempt), now);
  Refund(by_address_, AddressKey(attempt.address), now);
}

std::uint64_t SignInThrottle::NameKey(const Attempt& attempt) const {
  std::string text = "name:" + std::string(attempt.name);
  if (attempt.known_address) text += '\n' + NetworkOf(attempt.address);
  return MixBits(FirstBytes(AsBytes(Sha256(text))) ^ seed_) | 1;
}

std::uint64_t SignInThrottle::AddressKey(std::string_view address) const {
  const std::string text = "address:" + NetworkOf(address);
  return MixBits(FirstBytes(AsBytes(Sha256(text))) ^ seed_) | 1;
}

std::int64_t SignInThrottle::NowMs() const {
  return std::chrono::duration_cast<Duration>(clock_.Steady().time_since_epoch()).count();
}

std::int64_t SignInThrottle::Delay(const Policy& policy, std::int64_t wrong) const {
  if (wrong < policy.free_attempts) return 0;
  const std::int64_t doublings = std::min<std::int64_t>(wrong - policy.free_attempts, 32);
  const std::int64_t longest = options_.longest_delay.count();
  return std::min(std::min(options_.first_delay.count(), longest) << doublings, longest);
}

SignInThrottle::Entry& SignInThrottle::Find(std::uint64_t key, std::int64_t now) {
  const std::size_t sets = entries_.size() / kWays;
  const std::span<Entry> ways(&entries_[(key >> 32) % sets * kWays], kWays);
  Entry* found = &ways[0];
  for (Entry& way : ways) {
    if (way.key == key) return way;
    if (way.wrong < found->wrong) found = &way;
  }
  *found = Entry{.key = key, .wrong = 0, .counted_at = now, .open_at = 0};
  return *found;
}

void SignInThrottle::Forgive(const Policy& policy, std::int64_t now, Entry& entry) const {
  const std::int64_t forgiven = (now - entry.counted_at) / policy.forgiveness;
  if (forgiven >= entry.wrong) {
    entry.wrong = 0;
    entry.counted_at = now;
  } else {
    entry.wrong -= forgiven;
    entry.counted_at += forgiven * policy.forgiveness;
  }
}

std::int64_t SignInThrottle::Charge(const Policy& policy, std::uint64_t key, std::int64_t now) {
  Entry& entry = Find(key, now);
  Forgive(policy, now, entry);
  if (entry.wrong >= policy.free_attempts && now < entry.open_at) return entry.open_at - now;
  ++entry.wrong;
  entry.open_at = now + Delay(policy, entry.wrong);
  return 0;
}

void SignInThrottle::Refund(const Policy& policy, std::uint64_t key, std::int64_t now) {
  Entry& entry = Find(key, now);
  entry.wrong = std::max<std::int64_t>(entry.wrong - 1, 0);
  entry.open_at = std::min(entry.open_at, now + Delay(policy, entry.wrong));
}

}  // namespace freshet::accounts
