// How the embedded event log writes keys and values; docs/formats/event-log.md is the reference.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

struct PartitionId {
  std::uint16_t topic = 0;
  std::uint16_t partition = 0;

  auto operator<=>(const PartitionId&) const = default;
};

inline constexpr std::uint32_t kEventLogFormat = 1;

// topic | partition | offset, big endian: keys sort as records do.
using RecordKey = std::array<char, 12>;
RecordKey EncodeRecordKey(PartitionId partition, Offset offset);
inline std::string_view AsBytes(const RecordKey& key) { return {key.data(), key.size()}; }
struct DecodedKey {
  PartitionId partition;
  Offset offset = 0;
};
Result<DecodedKey> DecodeRecordKey(std::string_view bytes);

// The part of a record that does not depend on its place in the log: headers, key, value.
std::string EncodeRecordBody(const Record& record);
Result<Record> DecodeRecordBody(std::string_view body);

// What stands before the body in a stored value: version, checksum over key, time and body, time.
using RecordPrefix = std::array<char, 13>;
RecordPrefix EncodeRecordPrefix(const RecordKey& key, Timestamp appended_at, std::string_view body);
inline std::string_view AsBytes(const RecordPrefix& prefix) {
  return {prefix.data(), prefix.size()};
}

// A stored value whose checksum was found right; `body` points into the value.
struct RecordEnvelope {
  Timestamp appended_at;
  std::string_view body;
};
// Errors: kCorrupt.
Result<RecordEnvelope> OpenRecordEnvelope(std::string_view key, std::string_view value);

// What a record counts in the log's byte sums.
inline std::uint64_t StoredBytes(std::string_view body) {
  return sizeof(RecordKey) + sizeof(RecordPrefix) + body.size();
}

// A run of consecutive records whose bytes are known without reading them.
struct Segment {
  Offset first = 0;
  Offset end = 0;
  std::uint64_t bytes = 0;
  Timestamp last_time;

  bool operator==(const Segment&) const = default;
};
// The value under EncodeRecordKey(partition, segment.first).
std::string EncodeSegment(const Segment& segment);
Result<Segment> DecodeSegment(Offset first, std::string_view value);

std::string EncodeOffset(Offset offset);
Result<Offset> DecodeOffset(std::string_view value);

struct TopicRow {
  std::uint16_t id = 0;
  TopicOptions options;
};
std::string EncodeTopic(const TopicRow& topic);
Result<TopicRow> DecodeTopic(std::string_view value);

// topic | partition | name of the group.
std::string EncodeCommitKey(std::string_view group, PartitionId partition);
struct DecodedCommitKey {
  std::string group;
  PartitionId partition;
};
Result<DecodedCommitKey> DecodeCommitKey(std::string_view key);

}  // namespace freshet::stores
