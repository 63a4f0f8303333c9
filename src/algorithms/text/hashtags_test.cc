#include "algorithms/text/hashtags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace freshet::algorithms {
namespace {

using testing::ElementsAre;

TEST(HashtagsTest, SpellingsOfOneTagAreEqualInEveryScript) {
  EXPECT_EQ(FoldHashtag("Rivers"), FoldHashtag("rIVERS"));
  EXPECT_EQ(FoldHashtag("ΟΔΟΣ"), FoldHashtag("οδος"));
  EXPECT_EQ(FoldHashtag("РЕКА"), FoldHashtag("река"));
  EXPECT_EQ(FoldHashtag("Straße"), FoldHashtag("STRASSE"));
  EXPECT_EQ(FoldHashtag("ＲＩＶＥＲ"), FoldHashtag("river"));
  EXPECT_EQ(FoldHashtag("cafe\u0301"), FoldHashtag("CAFÉ")) << "composed and decomposed";
  EXPECT_EQ(FoldHashtag("川"), "川");
}

TEST(HashtagsTest, OtherTagsStayOthers) {
  EXPECT_NE(FoldHashtag("café"), FoldHashtag("cafe"));
  EXPECT_NE(FoldHashtag("река"), FoldHashtag("река1"));
}

TEST(HashtagsTest, ATextNamesEachTagOnce) {
  EXPECT_THAT(FoldedHashtags("#River and #RIVER, #नदी; not mail#river"),
              ElementsAre("river", "नदी"));
}

}  // namespace
}  // namespace freshet::algorithms
