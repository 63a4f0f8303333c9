#include "app/import_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace freshet::app {
namespace {

const Timestamp kNow = ParseTimestamp("2026-01-01T00:00:00Z").value();

GraphLine Edge(std::string_view line) {
  const auto parsed = ParseGraphLine(line);
  return parsed && *parsed ? **parsed : GraphLine{};
}

TEST(GraphLine, HoldsTwoLabelsHoweverTheyAreSeparated) {
  for (const std::string_view line : {"1 2", "1\t2", "1,2", " 1  2 ", "1, 2\r"}) {
    EXPECT_EQ(Edge(line), (GraphLine{"u1", "u2"})) << line;
  }
}

TEST(GraphLine, KeepsNamesAndPutsALetterBeforeNumbers) {
  EXPECT_EQ(Edge("Ana 007"), (GraphLine{"ana", "u007"}));
}

TEST(GraphLine, IsNothingForCommentsAndEmptyLines) {
  for (const std::string_view line : {"", "  ", "# header", "  % header", "\r"}) {
    const auto parsed = ParseGraphLine(line);
    ASSERT_TRUE(parsed) << line;
    EXPECT_FALSE(*parsed) << line;
  }
}

TEST(GraphLine, SaysWhatIsWrong) {
  for (const std::string_view line :
       {"alone", "1 2 3", "1 1", "a-b c", "82168,948464,d,graph", "x y"}) {
    const auto parsed = ParseGraphLine(line);
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error().kind(), ErrorKind::kInvalid);
  }
}

TEST(PostLine, IsReadWithItsTimeAndPrivacy) {
  const auto post = ParsePostLine(
      R"({"author":"7","text":"hi","created_at":"2020-02-03T04:05:06Z","privacy":"friends"})",
      kNow);
  ASSERT_TRUE(post && *post);
  EXPECT_EQ((*post)->author, "u7");
  EXPECT_EQ(FormatTimestamp(*(*post)->created_at), "2020-02-03T04:05:06.000Z");
  EXPECT_EQ((*post)->privacy, social::Privacy::kFriends);
}

TEST(PostLine, SaysWhatIsWrong) {
  for (const std::string_view line :
       {"{", R"({"author":"ana"})", R"({"author":"ana","text":"x","tex":"y"})",
        R"({"author":"ana","text":"   "})", R"({"author":"a-b","text":"x"})",
        R"({"author":"ana","text":"x","created_at":"2027-01-01T00:00:00Z"})",
        R"({"author":"ana","text":"x","created_at":"1999-01-01T00:00:00Z"})",
        R"({"author":"ana","text":"x","privacy":"secret"})"}) {
    EXPECT_FALSE(ParsePostLine(line, kNow)) << line;
  }
}

}  // namespace
}  // namespace freshet::app
