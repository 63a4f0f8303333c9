#include "algorithms/text/entities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace freshet::algorithms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TextEntity Mention(std::int64_t start, std::int64_t end, std::string name) {
  return {EntityKind::kMention, start, end, std::move(name)};
}
TextEntity Hashtag(std::int64_t start, std::int64_t end, std::string tag) {
  return {EntityKind::kHashtag, start, end, std::move(tag)};
}
TextEntity Link(std::int64_t start, std::int64_t end, std::string url) {
  return {EntityKind::kLink, start, end, std::move(url)};
}

TEST(FindEntities, FindsPeopleTopicsAndLinksInTheOrderOfTheText) {
  EXPECT_THAT(FindEntities("Hi @Ana, see #rivers at https://example.org/a?b=1."),
              ElementsAre(Mention(3, 7, "ana"), Hashtag(13, 20, "rivers"),
                          Link(24, 49, "https://example.org/a?b=1")));
}

TEST(FindEntities, CountsCodePointsNotBytes) {
  EXPECT_THAT(FindEntities("🌊é @ben"), ElementsAre(Mention(3, 7, "ben")));
}

TEST(FindEntities, ReadsHashtagsInEveryScript) {
  EXPECT_THAT(FindEntities("#日本語 #हिन्दी #عربي #straße"),
              ElementsAre(Hashtag(0, 4, "日本語"), Hashtag(5, 12, "हिन्दी"), Hashtag(13, 18, "عربي"),
                          Hashtag(19, 26, "straße")));
}

TEST(FindEntities, LeavesAddressesWordsAndNumbersAlone) {
  EXPECT_THAT(FindEntities("ana@example.org a#b #2026 @ # @@ana &#39; x@y"), IsEmpty());
}

TEST(FindEntities, LeavesNamesThatRunOnIntoOtherLettersAlone) {
  EXPECT_THAT(FindEntities("@anañ @ana@host"), IsEmpty());
}

TEST(FindEntities, KeepsBracketsThatALinkOpenedItself) {
  EXPECT_THAT(FindEntities("(https://example.org/a_(b))"),
              ElementsAre(Link(1, 26, "https://example.org/a_(b)")));
}

TEST(FindEntities, AFragmentOfALinkIsNoHashtag) {
  EXPECT_THAT(FindEntities("https://example.org/#top"),
              ElementsAre(Link(0, 24, "https://example.org/#top")));
}

TEST(FindEntities, RefusesWhatIsTooLongAndEmptyLinks) {
  EXPECT_THAT(FindEntities("@" + std::string(51, 'a') + " #" + std::string(101, 'b') +
                           " https:// http://."),
              IsEmpty());
}

TEST(FindEntities, SurvivesBytesThatAreNotUtf8) {
  EXPECT_THAT(FindEntities("\xff\xfe @ana \xc3"), ElementsAre(Mention(3, 7, "ana")));
}

}  // namespace
}  // namespace freshet::algorithms
