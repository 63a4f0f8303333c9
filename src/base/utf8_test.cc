#include "base/utf8.h"

#include <gtest/gtest.h>

namespace freshet {
namespace {

TEST(Utf8Test, AcceptsWellFormedTexts) {
  for (const auto* text : {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "größer 🙂"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(std::string_view("\0", 1)));
}

TEST(Utf8Test, RefusesOverlongFormsSurrogatesAndFragments) {
  for (const auto* text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "ok\xfe"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

TEST(Utf8Test, CountsCodePoints) {
  EXPECT_EQ(CountCodePoints(""), 0U);
  EXPECT_EQ(CountCodePoints("größer 🙂"), 8U);
  EXPECT_EQ(CountCodePoints("a\xff\xfe"), 3U);
}

TEST(Utf8Test, ReplacesOnlyTheBytesThatAreWrong) {
  EXPECT_EQ(ToValidUtf8("größer"), "größer");
  EXPECT_EQ(ToValidUtf8("a\xff z"), "a\xef\xbf\xbd z");
  EXPECT_EQ(ToValidUtf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(QuoteTextTest, EscapesWhatWouldLeaveTheLineOrTheString) {
  EXPECT_EQ(QuoteText("plain é"), "\"plain é\"");
  EXPECT_EQ(QuoteText("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(QuoteText("\n\x1b\x7f"), "\"\\u000a\\u001b\\u007f\"");
  EXPECT_EQ(QuoteText("\xc2\x9b"), "\"\\u009b\"");
  EXPECT_EQ(QuoteText("\xff"), "\"\xef\xbf\xbd\"");
  EXPECT_EQ(EscapeControls("say \"hi\"\n"), "say \"hi\"\\u000a");
}

}  // namespace
}  // namespace freshet
