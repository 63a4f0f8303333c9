// Changes of counters, and their form in the event log (docs/formats/counters.md).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stores/counters/counters.h"

namespace freshet::stores {

// Numbers are part of the stored format.
enum class CounterOperation : std::uint8_t {
  kAdd = 1,        // operand: the member
  kRemove = 2,     // operand: the member
  kIncrement = 3,  // operand: the signed delta
};

struct CounterChange {
  CounterKey key;
  CounterOperation operation = CounterOperation::kAdd;
  std::uint64_t operand = 0;

  bool operator==(const CounterChange&) const = default;
};

inline constexpr std::uint8_t kCounterRecordFormat = 1;
inline constexpr std::size_t kCounterKeyBytes = 10;
inline constexpr std::size_t kCounterChangeBytes = 9;

// The key of the records that change a counter: equal keys share a partition.
std::array<char, kCounterKeyBytes> CounterKeyBytes(const CounterKey& key);
std::string EncodeCounterKey(const CounterKey& key);

// The value of such a record: begin with BeginChanges, then AddChange each.
std::string BeginChanges();
void AddChange(std::string& value, const CounterChange& change);

// Errors: kCorrupt, also for records of a newer format.
Result<std::vector<CounterChange>> DecodeChanges(std::string_view key, std::string_view value);

}  // namespace freshet::stores
