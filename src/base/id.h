// Identifiers: 64 bits, ordered by time of creation, unique across nodes.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace freshet {

// A typed identifier, written as a decimal string in JSON. 0 means "none". From the top: 1 bit
// zero, 41 bits of milliseconds since kIdEpoch, 10 bits of node, 12 bits of sequence; so a greater
// id is a newer thing.
template <class Tag>
struct Id {
  std::uint64_t value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  constexpr auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;
using PostId = Id<struct PostTag>;

inline constexpr Timestamp kIdEpoch{
    std::chrono::milliseconds(946'684'800'000)};  // 2000-01-01T00:00:00Z; ids last until 2069
inline constexpr int kIdNodeBits = 10;
inline constexpr int kIdSequenceBits = 12;
inline constexpr std::uint64_t kMaxIdValue = (std::uint64_t{1} << 63) - 1;

// The creation time that an id carries.
Timestamp IdTime(std::uint64_t id);
// The smallest id of the millisecond `time`; all ids of it are in [FirstIdAt(time), FirstIdAt(time
// + 1 ms)). Errors: kInvalid outside 2000-01-01..2069-09-06.
Result<std::uint64_t> FirstIdAt(Timestamp time);
// Decimal digits without sign, leading zeros or spaces, from 1 to kMaxIdValue. Errors: kInvalid.
Result<std::uint64_t> ParseId(std::string_view text);

// Hands out ids in strictly ascending order, from any number of threads, without a lock. When the
// clock steps back, or 4,096 ids were taken in one millisecond, it goes on from its last
// millisecond and runs ahead of the clock rather than wait or repeat.
class IdGenerator {
 public:
  // `node` distinguishes the processes of one installation: 0..1023, each in use by one process at
  // a time.
  IdGenerator(const Clock& clock, std::uint32_t node);

  std::uint64_t Next();
  template <class T>
  T Next() {
    return T{Next()};
  }
  // Makes every later id greater than `id`: told the newest stored id at start, it never repeats
  // one although the clock was set back in between.
  void StartAfter(std::uint64_t id);

 private:
  const Clock& clock_;
  const std::uint64_t node_;
  std::atomic<std::uint64_t> last_{0};  // milliseconds since kIdEpoch << kIdSequenceBits | sequence
};

// Spreads ids over shards and hash tables (the finaliser of MurmurHash3, Appleby).
constexpr std::uint64_t MixBits(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

}  // namespace freshet

template <class Tag>
struct std::hash<freshet::Id<Tag>> {
  std::size_t operator()(freshet::Id<Tag> id) const noexcept { return freshet::MixBits(id.value); }
};
