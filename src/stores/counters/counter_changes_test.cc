#include "stores/counters/counter_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "stores/counters/bytes_io.h"
#include "stores/counters/counter_state.h"

namespace freshet::stores {
namespace {

using ::testing::ElementsAreArray;

constexpr CounterKey kPost{{1, "post_likes"}, 0x0102030405060708};

// docs/formats/counters.md states these bytes.
TEST(CounterChangesTest, RecordsAreAsDocumented) {
  EXPECT_EQ(EncodeHex(EncodeCounterKey(kPost)), "01000807060504030201");
  std::string value = BeginChanges();
  AddChange(value, {kPost, CounterOperation::kAdd, 7});
  AddChange(value, {kPost, CounterOperation::kIncrement, static_cast<std::uint64_t>(-2)});
  EXPECT_EQ(EncodeHex(value),
            "01010700000000000000"
            "03feffffffffffffff");
}

TEST(CounterChangesTest, ReadsBackWhatWasWritten) {
  const std::vector<CounterChange> changes{
      {kPost, CounterOperation::kAdd, 1},
      {kPost, CounterOperation::kRemove, ~0ULL},
      {kPost, CounterOperation::kIncrement, static_cast<std::uint64_t>(-5)}};
  std::string value = BeginChanges();
  for (const auto& change : changes) AddChange(value, change);
  EXPECT_THAT(DecodeChanges(EncodeCounterKey(kPost), value).value(), ElementsAreArray(changes));
}

TEST(CounterChangesTest, RefusesWhatIsDamagedOrNewer) {
  const std::string key = EncodeCounterKey(kPost);
  std::string value = BeginChanges();
  AddChange(value, {kPost, CounterOperation::kAdd, 1});
  const auto kind = [](const auto& result) { return result.error().kind(); };
  EXPECT_EQ(kind(DecodeChanges(key, "")), ErrorKind::kCorrupt);
  EXPECT_EQ(kind(DecodeChanges(key, value.substr(0, 9))), ErrorKind::kCorrupt);
  EXPECT_EQ(kind(DecodeChanges(key.substr(1), value)), ErrorKind::kCorrupt);
  EXPECT_EQ(kind(DecodeChanges(key + "x", value)), ErrorKind::kCorrupt);
  std::string unknown = value;
  unknown[1] = 9;
  EXPECT_EQ(kind(DecodeChanges(key, unknown)), ErrorKind::kCorrupt);
  std::string newer = value;
  newer[0] = 2;
  EXPECT_EQ(DecodeChanges(key, newer).error().code(), "newer_format");
}

TEST(ByteReaderTest, ReadsNumbersOfEveryWidth) {
  std::string bytes;
  PutNumber(bytes, std::uint8_t{0xfe});
  PutNumber(bytes, std::uint16_t{0x1234});
  PutNumber(bytes, std::int64_t{-3});
  const std::vector<std::uint64_t> varints{0, 1, 127, 128, 300, 1ULL << 35, ~0ULL};
  for (const auto number : varints) PutVarint(bytes, number);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Number<std::uint8_t>(), 0xfe);
  EXPECT_EQ(reader.Number<std::uint16_t>(), 0x1234);
  EXPECT_EQ(reader.Number<std::int64_t>(), -3);
  for (const auto number : varints) EXPECT_EQ(reader.Varint(), number);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.left(), 0U);
  EXPECT_EQ(reader.Number<std::uint32_t>(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReaderTest, RefusesVarintsThatDoNotEnd) {
  for (const std::string& bytes :
       {std::string(11, '\xff'), std::string("\x80"), std::string(9, '\xff') + '\x02'}) {
    ByteReader reader(bytes);
    EXPECT_EQ(reader.Varint(), 0U);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(CounterStateTest, AStateReadsBackFromItsSection) {
  CounterState state;
  const CounterKey views{{2, "views"}, 9};
  for (std::uint64_t member = 1; member <= 3'000; ++member) {
    state.Apply({kPost, CounterOperation::kAdd, member * member});
  }
  state.Apply({{{1, ""}, 5}, CounterOperation::kAdd, 4});
  state.Apply({{{1, ""}, 5}, CounterOperation::kRemove, 4});
  state.Apply({views, CounterOperation::kIncrement, static_cast<std::uint64_t>(-77)});
  const auto read = CounterState::Decode(state.Encode());
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(read->Members(kPost, {}, 9'999), state.Members(kPost, {}, 9'999));
  EXPECT_EQ(read->Count(views), -77);
  EXPECT_EQ(read->members(), 3'000U);
  EXPECT_EQ(read->counters(), 2U) << "empty counters are left out";
  EXPECT_EQ(CounterState::Decode(CounterState().Encode())->members(), 0U);
}

TEST(CounterStateTest, RefusesASectionThatIsCutShort) {
  CounterState state;
  for (std::uint64_t member = 1; member <= 10; ++member) {
    state.Apply({kPost, CounterOperation::kAdd, member});
  }
  state.Apply({{{2, ""}, 5}, CounterOperation::kIncrement, 4});
  const std::string section = state.Encode();
  for (std::size_t size = 0; size < section.size(); ++size) {
    const auto read = CounterState::Decode(section.substr(0, size));
    // Between the two parts, and between sums, nothing tells: the checksum outside does.
    if (read) EXPECT_EQ(read->counters(), 1U) << size;
  }
}

}  // namespace
}  // namespace freshet::stores
