#include "net/api/cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"

namespace freshet::net {
namespace {

using Values = std::vector<std::uint64_t>;

const CursorCodec codec(Secret("0123456789abcdef"));

bool Refused(std::string_view kind, std::string_view text) {
  const auto decoded = codec.Decode(kind, text);
  return !decoded && decoded.error().fields().size() == 1 &&
         decoded.error().fields()[0].field == "cursor";
}

TEST(Cursor, KeepsItsValues) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 1'000; ++i) {
    Values values(random() % (CursorCodec::kMostValues + 1));
    for (auto& value : values) value = random() >> (random() % 64);
    ASSERT_EQ(codec.Decode("posts", codec.Encode("posts", values)), values);
  }
}

// Cursors are written down by clients and must survive an upgrade.
TEST(Cursor, IsWrittenInTheSameWayByEveryRelease) {
  EXPECT_EQ(codec.Encode("posts", {7214501938012160, 0}), "AYDA_InSsegMAGD0ovIz1nkY56C4FA");
}

TEST(Cursor, OfAnotherListIsRefused) {
  const std::string cursor = codec.Encode("posts of 7", {1});
  EXPECT_TRUE(Refused("posts of 8", cursor));
  EXPECT_FALSE(Refused("posts of 7", cursor));
}

TEST(Cursor, OfAnotherKeyIsRefused) {
  const CursorCodec other(Secret("fedcba9876543210"));
  EXPECT_TRUE(Refused("posts", other.Encode("posts", {1})));
}

TEST(Cursor, IsRefusedAfterAnyChangeOfABit) {
  const std::string bytes = *DecodeBase64Url(codec.Encode("posts", {300, 5}));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string forged = bytes;
    forged[bit / 8] = static_cast<char>(forged[bit / 8] ^ (1 << bit % 8));
    EXPECT_TRUE(Refused("posts", EncodeBase64Url(forged))) << bit;
  }
}

TEST(Cursor, IsRefusedWhenCutOrExtended) {
  const std::string cursor = codec.Encode("posts", {300, 5});
  for (std::size_t size = 0; size < cursor.size(); ++size) {
    EXPECT_TRUE(Refused("posts", cursor.substr(0, size))) << size;
  }
  EXPECT_TRUE(Refused("posts", cursor + "A"));
  EXPECT_TRUE(Refused("posts", cursor + "="));
  EXPECT_TRUE(Refused("posts", std::string(100'000, 'A')));
}

TEST(Cursor, NeedsAKeyThatCannotBeGuessed) {
  EXPECT_THROW(CursorCodec(Secret("short")), std::invalid_argument);
}

}  // namespace
}  // namespace freshet::net
