#include "algorithms/text/folding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace freshet::algorithms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Words(std::string_view text) { return FoldedWords(text, 16, 40); }

TEST(FoldForSearch, ForgetsCaseDiacriticsAndWidth) {
  EXPECT_EQ(FoldForSearch("José ÑANDÚ"), "jose nandu");
  EXPECT_EQ(FoldForSearch("Ångström"), "angstrom");
  EXPECT_EQ(FoldForSearch("STRASSE"), FoldForSearch("Straße"));
  EXPECT_EQ(FoldForSearch("ＡＮＡ"), "ana");
  EXPECT_EQ(FoldForSearch("Ёлка"), FoldForSearch("елка"));
  EXPECT_EQ(FoldForSearch("Ἀθῆναι"), FoldForSearch("ΑΘΗΝΑΙ"));
  EXPECT_EQ(FoldForSearch("مُحَمَّد"), FoldForSearch("محمد"));
}

TEST(FoldForSearch, TakesALetterHoweverItIsEncoded) {
  EXPECT_EQ(FoldForSearch("e\u0301"), FoldForSearch("\u00e9"));
  EXPECT_EQ(FoldForSearch("\u1112\u1161\u11ab"), FoldForSearch("\ud55c"));
}

TEST(FoldForSearch, WritesUndecomposableLettersAsPeopleTypeThem) {
  EXPECT_EQ(FoldForSearch("Łukasz Søren Ægir Đorđe Þór"), "lukasz soren aegir dorde thor");
  EXPECT_EQ(FoldForSearch("İstanbul"), "istanbul");
  EXPECT_EQ(FoldForSearch("ISTANBUL"), FoldForSearch("ıstanbul"));
}

TEST(FoldForSearch, KeepsMarksThatMakeAnotherLetter) {
  EXPECT_NE(FoldForSearch("が"), FoldForSearch("か"));
  EXPECT_NE(FoldForSearch("हिन्दी"), FoldForSearch("हन्द"));
}

TEST(FoldForSearch, IsStable) {
  for (const char* text : {"José", "Straße", "ﬁn™", "ᾳ", "İ", "が", "हिन्दी", "ǅ"})
    EXPECT_EQ(FoldForSearch(FoldForSearch(text)), FoldForSearch(text)) << text;
}

TEST(FoldForSearch, SurvivesBytesThatAreNotUtf8) { EXPECT_EQ(FoldForSearch("\xff"), "\ufffd"); }

TEST(FoldedWords, SplitsAtWhatIsNoLetter) {
  EXPECT_THAT(Words("  Ana-María O'Neil (ana_m) 🌊 "),
              ElementsAre("ana", "maria", "o", "neil", "ana_m"));
  EXPECT_THAT(Words("हिन्दी 山田 太郎"), ElementsAre("हिन्दी", "山田", "太郎"));
  EXPECT_THAT(Words("🌊 ... "), IsEmpty());
}

TEST(FoldedWords, NamesEachWordOnceAndNoMoreThanWereAskedFor) {
  EXPECT_THAT(Words("Ana ana ANÁ Ben"), ElementsAre("ana", "ben"));
  EXPECT_THAT(FoldedWords("a b c d", 2, 40), ElementsAre("a", "b"));
}

TEST(FoldedWords, CutsLongWordsBetweenCharacters) {
  EXPECT_THAT(FoldedWords("abcdef", 16, 4), ElementsAre("abcd"));
  EXPECT_THAT(FoldedWords("日本語", 16, 8), ElementsAre("日本"));
}

}  // namespace
}  // namespace freshet::algorithms
