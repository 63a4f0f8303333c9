// What the log writes is what docs/formats/event-log.md says, and what version 1 wrote is read for
// ever.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "base/io_threads.h"
#include "stores/log/record_format.h"
#include "stores/log/testing/raw_rows.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::SizeIs;

std::filesystem::path GoldenFile() {
  return std::filesystem::path(FRESHET_SOURCE_FOLDER) / "tests/golden/event-log/v1";
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// Lines of "<family> <key in hex> <value in hex>".
std::vector<RawRow> GoldenRows() {
  std::ifstream file(GoldenFile());
  std::vector<RawRow> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string family, key, value;
    words >> family >> key >> value;
    rows.push_back({family, FromHex(key), FromHex(value)});
  }
  return rows;
}

std::string ToLines(const std::vector<RawRow>& rows) {
  std::string lines;
  for (const auto& row : rows) {
    lines += row.family + " " + EncodeHex(row.key) + " " + EncodeHex(row.value) + "\n";
  }
  return lines;
}

const Record kPlain{.key = "ana", .value = "hello", .headers = {}};
const Record kWithHeaders{.key = "", .value = std::string("\0\xff", 2), .headers = {{"a", "b"}}};

class EventLogFormat : public testing::Test {
 protected:
  Deadline Soon() { return Deadline::After(clock_, Duration(60'000)); }
  EventLog& log() { return temporary_.log(); }

  // What the golden file holds.
  void WriteGoldenContents() {
    ASSERT_TRUE(RunBlocking(log().CreateTopic(
        "posts",
        {.partitions = 2, .retention_time = Duration(604'800'000), .retention_bytes = 1 << 30},
        Soon())));
    ASSERT_TRUE(RunBlocking(log().Append("posts", {kPlain}, Soon())));
    clock_.Advance(Duration(1'500));
    ASSERT_TRUE(RunBlocking(log().Append("posts", {kPlain, kWithHeaders}, Soon())));
    ASSERT_TRUE(RunBlocking(log().Seek("fanout", {{"posts", 0, 1}}, Soon())));
  }
  std::vector<StoredRecord> Read(std::uint32_t partition) {
    auto records = RunBlocking(log().Read({"posts", partition, 0}, 100, Soon()));
    EXPECT_TRUE(records) << records.error().ToString();
    return records ? *records : std::vector<StoredRecord>{};
  }
  // Lets `change` edit the stored rows.
  template <class Change>
  void Edit(Change change) {
    temporary_.Close();
    auto rows = ReadRawRows(temporary_.folder());
    for (auto& row : rows) change(row);
    WriteRawRows(temporary_.folder(), rows);
  }

  FakeClock clock_;
  TemporaryEventLog temporary_{&clock_};
};

TEST_F(EventLogFormat, WhatIsWrittenIsTheGoldenFile) {
  WriteGoldenContents();
  temporary_.Close();
  std::ifstream file(GoldenFile());
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(ToLines(ReadRawRows(temporary_.folder())), golden.str());
}

TEST_F(EventLogFormat, WhatVersion1WroteIsRead) {
  ASSERT_THAT(GoldenRows(), testing::Not(testing::IsEmpty()));
  temporary_.Close();
  std::filesystem::remove_all(temporary_.folder());
  WriteRawRows(temporary_.folder(), GoldenRows());
  temporary_.Reopen();
  const auto start = clock_.Now();
  const auto later = start + Duration(1'500);
  auto records = Read(0);
  for (auto& stored : Read(1)) records.push_back(std::move(stored));
  EXPECT_THAT(records, testing::UnorderedElementsAre(StoredRecord{0, start, kPlain},
                                                     StoredRecord{1, later, kPlain},
                                                     StoredRecord{0, later, kWithHeaders}));
  const auto state = RunBlocking(log().Describe(Soon()));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->topics[0].options.retention_bytes, 1u << 30);
  ASSERT_THAT(state->groups, SizeIs(1));
  EXPECT_EQ(state->groups[0].name, "fanout");
  EXPECT_EQ(state->groups[0].partitions[0].committed, 1u);
}

TEST_F(EventLogFormat, ANewerFormatIsRefused) {
  Edit([](RawRow& row) {
    if (row.key == "format") row.value = EncodeOffset(kEventLogFormat + 1);
  });
  const auto opened = temporary_.Open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), "newer_format");
  EXPECT_THAT(opened.error().message(), HasSubstr("newer version"));
}

TEST_F(EventLogFormat, AFlippedBitIsFoundAndWhatIsBehindItCanStillBeRead) {
  WriteGoldenContents();
  std::uint32_t partition = 0;
  Edit([&](RawRow& row) {
    if (row.family != "records" || !row.value.ends_with("hello")) return;
    partition = static_cast<std::uint32_t>(row.key[3]);
    if (row.key.back() == 0) row.value.back() ^= 1;
  });
  temporary_.Reopen();
  const auto damaged = RunBlocking(log().Read({"posts", partition, 0}, 100, Soon()));
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind(), ErrorKind::kCorrupt);
  const auto behind = RunBlocking(log().Read({"posts", partition, 1}, 100, Soon()));
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->at(0).record, kPlain);
}

TEST_F(EventLogFormat, ARecordInAnothersPlaceIsFound) {
  WriteGoldenContents();
  std::string first;
  std::uint32_t partition = 0;
  Edit([&](RawRow& row) {
    if (row.family != "records" || !row.value.ends_with("hello")) return;
    partition = static_cast<std::uint32_t>(row.key[3]);
    if (row.key.back() == 0) first = row.value;
    if (row.key.back() == 1) row.value = first;
  });
  temporary_.Reopen();
  const auto misplaced = RunBlocking(log().Read({"posts", partition, 1}, 100, Soon()));
  ASSERT_FALSE(misplaced);
  EXPECT_EQ(misplaced.error().kind(), ErrorKind::kCorrupt);
}

TEST(RecordFormat, ASegmentIsWrittenAsItsEndItsBytesAndItsTime) {
  const Segment segment{.first = 5, .end = 9, .bytes = 1'000, .last_time = Timestamp(Duration(7))};
  const auto value = EncodeSegment(segment);
  EXPECT_EQ(EncodeHex(value), "01000000000000000900000000000003e80000000000000007");
  EXPECT_EQ(*DecodeSegment(5, value), segment);
  EXPECT_FALSE(DecodeSegment(9, value));
  EXPECT_FALSE(DecodeSegment(5, value + "x"));
}

TEST(RecordFormat, RecordsSortByTopicThenPartitionThenOffset) {
  std::vector<std::string> keys;
  for (const std::uint16_t topic : {1, 255, 256}) {
    for (const std::uint16_t partition : {0, 255, 256}) {
      for (const Offset offset : {0ull, 255ull, 256ull, 1ull << 40}) {
        keys.emplace_back(AsBytes(EncodeRecordKey({topic, partition}, offset)));
      }
    }
  }
  auto sorted = keys;
  std::ranges::sort(sorted);
  EXPECT_THAT(keys, ElementsAreArray(sorted));
}

TEST(RecordFormat, EveryShortenedOrChangedValueIsRefused) {
  const Record record{.key = "key", .value = "value", .headers = {{"name", "content"}}};
  const auto key = EncodeRecordKey({1, 2}, 3);
  const auto body = EncodeRecordBody(record);
  const auto prefix = EncodeRecordPrefix(key, Timestamp(Duration(5)), body);
  const std::string value = std::string(AsBytes(prefix)) + body;
  const auto opened = OpenRecordEnvelope(AsBytes(key), value);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->appended_at, Timestamp(Duration(5)));
  EXPECT_EQ(*DecodeRecordBody(opened->body), record);
  for (std::size_t i = 0; i < value.size(); ++i) {
    EXPECT_FALSE(OpenRecordEnvelope(AsBytes(key), value.substr(0, i))) << i;
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = value;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_FALSE(OpenRecordEnvelope(AsBytes(key), changed)) << i;
    }
  }
}

TEST(RecordFormat, ABodyThatEndsEarlyIsRefused) {
  const auto body = EncodeRecordBody({.key = "key", .value = "", .headers = {{"name", "content"}}});
  for (std::size_t i = 0; i < body.size(); ++i) {
    EXPECT_FALSE(DecodeRecordBody(body.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace freshet::stores
