#include "stores/log/record_format.h"

#include <bit>
#include <cstring>
#include <utility>

#include "base/crc32c.h"

namespace freshet::stores {
namespace {

constexpr char kVersion = 1;
static_assert(std::endian::native == std::endian::little);

template <class T>
void StoreBigEndian(char* to, T value) {
  const T swapped = std::byteswap(value);
  std::memcpy(to, &swapped, sizeof(T));
}

template <class T>
T LoadBigEndian(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return std::byteswap(value);
}

template <class T>
void AppendBigEndian(std::string& to, T value) {
  char bytes[sizeof(T)];
  StoreBigEndian(bytes, value);
  to.append(bytes, sizeof(T));
}

// LEB128, as in Protocol Buffers.
void AppendVarint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

void AppendText(std::string& to, std::string_view text) {
  AppendVarint(to, text.size());
  to.append(text);
}

// Takes from the front of a value; after a value that ends too early everything is empty and
// failed() is true.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T BigEndian() {
    const auto bytes = Take(sizeof(T));
    return failed_ ? T{0} : LoadBigEndian<T>(bytes.data());
  }
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = Take(1);
      if (failed_) return 0;
      value |= std::uint64_t{static_cast<std::uint8_t>(byte[0]) & 0x7fu} << shift;
      if (!(byte[0] & 0x80)) return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view Text() { return Take(Varint()); }
  std::string_view Rest() { return Take(rest_.size()); }
  bool failed() const { return failed_; }
  // Whether everything was there and nothing is left.
  bool Done() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view Take(std::uint64_t size) {
    if (failed_ || size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool failed_ = false;
};

std::uint32_t Checksum(std::string_view key, std::string_view time_and_body) {
  return ExtendCrc32c(Crc32c(key), time_and_body);
}

Failure Damaged(std::string_view what) {
  return Corrupt("The event log holds a " + std::string(what) +
                 " that is damaged; restore the folder from a backup.");
}

}  // namespace

RecordKey EncodeRecordKey(PartitionId partition, Offset offset) {
  RecordKey key;
  StoreBigEndian(key.data(), partition.topic);
  StoreBigEndian(key.data() + 2, partition.partition);
  StoreBigEndian(key.data() + 4, offset);
  return key;
}

Result<DecodedKey> DecodeRecordKey(std::string_view bytes) {
  Reader reader(bytes);
  DecodedKey key;
  key.partition.topic = reader.BigEndian<std::uint16_t>();
  key.partition.partition = reader.BigEndian<std::uint16_t>();
  key.offset = reader.BigEndian<std::uint64_t>();
  if (!reader.Done()) return Damaged("record key");
  return key;
}

std::string EncodeRecordBody(const Record& record) {
  std::string body;
  std::size_t size = record.key.size() + record.value.size() + 12;
  for (const auto& [name, value] : record.headers) size += name.size() + value.size() + 4;
  body.reserve(size);
  AppendVarint(body, record.headers.size());
  for (const auto& [name, value] : record.headers) {
    AppendText(body, name);
    AppendText(body, value);
  }
  AppendText(body, record.key);
  body.append(record.value);
  return body;
}

Result<Record> DecodeRecordBody(std::string_view body) {
  Reader reader(body);
  Record record;
  for (auto headers = reader.Varint(); headers > 0 && !reader.failed(); --headers) {
    const auto name = reader.Text();
    record.headers.emplace_back(name, reader.Text());
  }
  record.key = reader.Text();
  record.value = reader.Rest();
  if (reader.failed()) return Damaged("record");
  return record;
}

RecordPrefix EncodeRecordPrefix(const RecordKey& key, Timestamp appended_at,
                                std::string_view body) {
  RecordPrefix prefix;
  prefix[0] = kVersion;
  const auto ms = static_cast<std::uint64_t>(appended_at.time_since_epoch().count());
  StoreBigEndian(prefix.data() + 5, ms);
  auto checksum = Checksum(AsBytes(key), {prefix.data() + 5, 8});
  checksum = ExtendCrc32c(checksum, body);
  StoreBigEndian(prefix.data() + 1, checksum);
  return prefix;
}

Result<RecordEnvelope> OpenRecordEnvelope(std::string_view key, std::string_view value) {
  if (value.size() < sizeof(RecordPrefix) || value[0] != kVersion) return Damaged("record");
  const auto checksum = LoadBigEndian<std::uint32_t>(value.data() + 1);
  if (checksum != Checksum(key, value.substr(5))) return Damaged("record");
  const auto ms = static_cast<std::int64_t>(LoadBigEndian<std::uint64_t>(value.data() + 5));
  return RecordEnvelope{.appended_at = Timestamp(Duration(ms)),
                        .body = value.substr(sizeof(RecordPrefix))};
}

std::string EncodeSegment(const Segment& segment) {
  std::string value(1, kVersion);
  AppendBigEndian(value, segment.end);
  AppendBigEndian(value, segment.bytes);
  AppendBigEndian(value, static_cast<std::uint64_t>(segment.last_time.time_since_epoch().count()));
  return value;
}

Result<Segment> DecodeSegment(Offset first, std::string_view value) {
  Reader reader(value);
  const auto version = reader.BigEndian<std::uint8_t>();
  Segment segment;
  segment.first = first;
  segment.end = reader.BigEndian<std::uint64_t>();
  segment.bytes = reader.BigEndian<std::uint64_t>();
  segment.last_time =
      Timestamp(Duration(static_cast<std::int64_t>(reader.BigEndian<std::uint64_t>())));
  if (!reader.Done() || version != kVersion || segment.end <= first) return Damaged("segment");
  return segment;
}

std::string EncodeOffset(Offset offset) {
  std::string value(1, kVersion);
  AppendBigEndian(value, offset);
  return value;
}

Result<Offset> DecodeOffset(std::string_view value) {
  Reader reader(value);
  const auto version = reader.BigEndian<std::uint8_t>();
  const auto offset = reader.BigEndian<std::uint64_t>();
  if (!reader.Done() || version != kVersion) return Damaged("position");
  return offset;
}

std::string EncodeTopic(const TopicRow& topic) {
  std::string value(1, kVersion);
  AppendBigEndian(value, topic.id);
  AppendBigEndian(value, topic.options.partitions);
  AppendBigEndian(value, static_cast<std::uint64_t>(topic.options.retention_time.count()));
  AppendBigEndian(value, topic.options.retention_bytes);
  return value;
}

Result<TopicRow> DecodeTopic(std::string_view value) {
  Reader reader(value);
  const auto version = reader.BigEndian<std::uint8_t>();
  TopicRow topic;
  topic.id = reader.BigEndian<std::uint16_t>();
  topic.options.partitions = reader.BigEndian<std::uint32_t>();
  topic.options.retention_time =
      Duration(static_cast<std::int64_t>(reader.BigEndian<std::uint64_t>()));
  topic.options.retention_bytes = reader.BigEndian<std::uint64_t>();
  if (!reader.Done() || version != kVersion) return Damaged("topic");
  return topic;
}

std::string EncodeCommitKey(std::string_view group, PartitionId partition) {
  std::string key;
  AppendBigEndian(key, partition.topic);
  AppendBigEndian(key, partition.partition);
  key.append(group);
  return key;
}

Result<DecodedCommitKey> DecodeCommitKey(std::string_view bytes) {
  Reader reader(bytes);
  DecodedCommitKey key;
  key.partition.topic = reader.BigEndian<std::uint16_t>();
  key.partition.partition = reader.BigEndian<std::uint16_t>();
  key.group = reader.Rest();
  if (reader.failed()) return Damaged("commit key");
  return key;
}

}  // namespace freshet::stores
