#include "stores/counters/counter_changes.h"

#include <fmt/format.h>

#include "stores/counters/bytes_io.h"

namespace freshet::stores {

std::array<char, kCounterKeyBytes> CounterKeyBytes(const CounterKey& key) {
  std::array<char, kCounterKeyBytes> bytes;
  bytes[0] = static_cast<char>(key.space.number & 0xff);
  bytes[1] = static_cast<char>(key.space.number >> 8);
  for (std::size_t i = 0; i < sizeof(key.id); ++i) {
    bytes[2 + i] = static_cast<char>(key.id >> (8 * i) & 0xff);
  }
  return bytes;
}

std::string EncodeCounterKey(const CounterKey& key) {
  const auto bytes = CounterKeyBytes(key);
  return {bytes.begin(), bytes.end()};
}

std::string BeginChanges() { return std::string(1, static_cast<char>(kCounterRecordFormat)); }

void AddChange(std::string& value, const CounterChange& change) {
  PutNumber(value, static_cast<std::uint8_t>(change.operation));
  PutNumber(value, change.operand);
}

Result<std::vector<CounterChange>> DecodeChanges(std::string_view key, std::string_view value) {
  ByteReader key_reader(key), reader(value);
  CounterKey counter;
  counter.space.number = key_reader.Number<std::uint16_t>();
  counter.id = key_reader.Number<std::uint64_t>();
  const auto format = reader.Number<std::uint8_t>();
  if (format > kCounterRecordFormat) {
    return Corrupt(fmt::format("The log of the counters has a record of format {}, which a newer "
                               "version wrote; this one reads up to format {}.",
                               format, kCounterRecordFormat),
                   "newer_format");
  }
  std::vector<CounterChange> changes;
  changes.reserve(reader.left() / kCounterChangeBytes);
  bool known = format == kCounterRecordFormat;
  while (known && reader.left() > 0) {
    const auto operation = reader.Number<std::uint8_t>();
    const auto operand = reader.Number<std::uint64_t>();
    known = operation >= static_cast<std::uint8_t>(CounterOperation::kAdd) &&
            operation <= static_cast<std::uint8_t>(CounterOperation::kIncrement);
    changes.push_back({counter, static_cast<CounterOperation>(operation), operand});
  }
  if (!known || !reader.ok() || !key_reader.ok() || key_reader.left() > 0) {
    return Corrupt("The log of the counters has a record that cannot be read.");
  }
  return changes;
}

}  // namespace freshet::stores
