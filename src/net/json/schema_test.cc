#include "net/json/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "net/json/testing/sample.h"

namespace freshet::net {
namespace {

using namespace testing;
using ::testing::ElementsAre;

const SchemaMember& MemberOf(const Schema& schema, std::string_view name) {
  return *std::ranges::find(schema.members, name, &SchemaMember::name);
}

TEST(Schema, SaysWhichMembersARequestMustHave) {
  const Schema& schema = kSchema<CreatePost>;
  EXPECT_EQ(schema.name, "CreatePost");
  EXPECT_TRUE(MemberOf(schema, "text").required());
  EXPECT_FALSE(MemberOf(schema, "privacy").required());
  EXPECT_FALSE(MemberOf(schema, "location").required());
}

TEST(Schema, KnowsTheDefaultsOfWhatMayBeLeftOut) {
  EXPECT_EQ(MemberOf(kSchema<CreatePost>, "privacy").default_json(), "\"public\"");
  EXPECT_EQ(MemberOf(kSchema<CreatePost>, "text").default_json, nullptr);
  EXPECT_EQ(MemberOf(kSchema<SignIn>, "code").default_json, nullptr) << "secrets are not shown";
}

TEST(Schema, NamesTheWordsOfEnumerations) {
  const Schema& privacy = *MemberOf(kSchema<CreatePost>, "privacy").schema;
  EXPECT_EQ(privacy.kind, Schema::Kind::kWord);
  EXPECT_THAT(privacy.words, ElementsAre("public", "friends", "private"));
}

TEST(Schema, SeesThroughOptionalAndMarksNullable) {
  const Schema& quote = *MemberOf(kSchema<CreatePost>, "quote_of").schema;
  EXPECT_EQ(quote.kind, Schema::Kind::kText);
  EXPECT_TRUE(quote.nullable);
  EXPECT_FALSE(MemberOf(kSchema<CreatePost>, "location").schema->nullable);
}

TEST(Schema, OfATypeThatContainsItselfIsACircle) {
  const Schema& replies = *MemberOf(kSchema<Comment>, "replies").schema;
  EXPECT_EQ(replies.kind, Schema::Kind::kList);
  EXPECT_EQ(replies.element, &kSchema<Comment>);
}

TEST(Schema, IsConstant) {
  static_assert(kSchema<Everything>.members.size() == 15);
  static_assert(kSchema<Timestamp>.format == "date-time");
}

}  // namespace
}  // namespace freshet::net
