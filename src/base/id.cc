#include "base/id.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace freshet {
namespace {
constexpr int kTimeShift = kIdNodeBits + kIdSequenceBits;
constexpr std::uint64_t kSequenceMask = (std::uint64_t{1} << kIdSequenceBits) - 1;
}  // namespace

Timestamp IdTime(std::uint64_t id) {
  return kIdEpoch + std::chrono::milliseconds(id >> kTimeShift);
}

Result<std::uint64_t> FirstIdAt(Timestamp time) {
  const auto since_epoch = (time - kIdEpoch).count();
  if (since_epoch < 0 || since_epoch >= (std::int64_t{1} << 41)) {
    return Invalid("times from 2000-01-01 to 2069-09-06 can be stored", "out_of_range");
  }
  return static_cast<std::uint64_t>(since_epoch) << kTimeShift;
}

Result<std::uint64_t> ParseId(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0' ||
      value > kMaxIdValue) {
    return Invalid("an id is a decimal number such as \"7214501938012160\"", "invalid_id");
  }
  return value;
}

IdGenerator::IdGenerator(const Clock& clock, std::uint32_t node) : clock_(clock), node_(node) {
  if (node >= (1U << kIdNodeBits))
    throw std::invalid_argument("the node number must be from 0 to 1023");
}

std::uint64_t IdGenerator::Next() {
  const auto now =
      static_cast<std::uint64_t>(std::max<std::int64_t>((clock_.Now() - kIdEpoch).count(), 0))
      << kIdSequenceBits;
  std::uint64_t last = last_.load(std::memory_order_relaxed);
  std::uint64_t next;
  do {
    next = std::max(now, last + 1);
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return ((next >> kIdSequenceBits) << kTimeShift) | (node_ << kIdSequenceBits) |
         (next & kSequenceMask);
}

void IdGenerator::StartAfter(std::uint64_t id) {
  // The id may come from another node, so the whole of its millisecond counts as used.
  const std::uint64_t used = ((id >> kTimeShift) << kIdSequenceBits) | kSequenceMask;
  std::uint64_t last = last_.load(std::memory_order_relaxed);
  while (last < used && !last_.compare_exchange_weak(last, used, std::memory_order_relaxed)) {
  }
}

}  // namespace freshet
