#include "base/text.h"

#include <gtest/gtest.h>

namespace freshet {
namespace {

TEST(Text, LowersAsciiLettersAndNothingElse) {
  EXPECT_EQ(ToLower("Ana_7 \xc3\x84\xff[@`{"), "ana_7 \xc3\x84\xff[@`{");
  EXPECT_TRUE(EqualsIgnoringCase("Content-TYPE", "content-type"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoringCase("a", "ab"));
}

TEST(Text, TrimsWhatItIsTold) {
  EXPECT_EQ(Trimmed(" \t a b\t"), "a b");
  EXPECT_EQ(Trimmed(" a\r\n"), "a\r\n");
  EXPECT_EQ(Trimmed(" a\r\n", " \r\n"), "a");
  EXPECT_EQ(Trimmed(" \t"), "");
  EXPECT_EQ(Trimmed(""), "");
}

TEST(Text, CountsTheEditsBetweenTwoWords) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("listen", "listen"), 0U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("abc", ""), 3U);
  EXPECT_EQ(EditDistance("ab", "ba"), 2U);
  EXPECT_EQ(EditDistance(std::string(100'000, 'a'), "a"), 99U);
}

}  // namespace
}  // namespace freshet
