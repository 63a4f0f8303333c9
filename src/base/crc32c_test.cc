#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace freshet {
namespace {

// The vectors of RFC 3720, appendix B.4.
TEST(Crc32c, AgreesWithTheRfc) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

TEST(Crc32c, CanBeComputedPieceByPiece) {
  const std::string text = "a checksum of one text in two pieces";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(ExtendCrc32c(Crc32c(text.substr(0, cut)), text.substr(cut)), Crc32c(text));
  }
}

}  // namespace
}  // namespace freshet
