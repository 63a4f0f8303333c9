#include "net/json/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "net/json/json_writer.h"
#include "net/json/testing/sample.h"

namespace freshet::net {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// "/location/lat too_large", in the order of reporting.
template <class T>
std::vector<std::string> Wrong(std::string_view text) {
  const auto read = ReadJson<T>(text);
  if (read) return {"read"};
  if (read.error().fields().empty()) return {read.error().code()};
  std::vector<std::string> wrong;
  for (const auto& field : read.error().fields()) wrong.push_back(field.field + " " + field.code);
  return wrong;
}

template <class T>
std::string Message(std::string_view text) {
  const auto read = ReadJson<T>(text);
  return read ? "read" : read.error().ToString();
}

TEST(ReadJson, ReadsAWholeObject) {
  const auto post = ReadJson<CreatePost>(
      R"({"text":"Tide's in","privacy":"friends","location":{"name":"Quay","lat":1.5,"lng":-2},)"
      R"("media_ids":["7","8"],"quote_of":null})");
  ASSERT_TRUE(post) << post.error().ToString();
  EXPECT_EQ(*post, (CreatePost{"Tide's in", Privacy::kFriends, Location{"Quay", 1.5, -2},
                               std::vector{PostId{7}, PostId{8}}, Nullable<PostId>()}));
}

TEST(ReadJson, LetsDefaultedAndOptionalMembersBeLeftOut) {
  const auto post = ReadJson<CreatePost>(R"({"text":"x"})");
  ASSERT_TRUE(post) << post.error().ToString();
  EXPECT_EQ(*post, (CreatePost{.text = "x"}));
}

TEST(ReadJson, TellsAbsentFromNull) {
  EXPECT_EQ(ReadJson<CreatePost>(R"({"text":"x"})")->quote_of, std::nullopt);
  EXPECT_EQ(ReadJson<CreatePost>(R"({"text":"x","quote_of":null})")->quote_of, Nullable<PostId>());
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":"x","location":null})"),
              ElementsAre("/location wrong_type"));
}

TEST(ReadJson, ReportsEveryMistakeAtOnce) {
  EXPECT_THAT(Wrong<CreatePost>(R"({"privacy":"secret","location":{"name":"","lat":91,"lgn":0},)"
                                R"("media_ids":["7",8,"0"],"txt":"x"})"),
              ElementsAre("/text required", "/privacy unknown_word", "/location/name too_short",
                          "/location/lat too_large", "/location/lng required",
                          "/location/lgn unknown_member", "/media_ids/1 wrong_type",
                          "/media_ids/2 invalid_id", "/txt unknown_member"));
}

TEST(ReadJson, NamesTheNearestKnownMember) {
  EXPECT_THAT(Message<CreatePost>(R"({"text":"x","privcy":"public"})"),
              HasSubstr("Did you mean \"privacy\"?"));
  EXPECT_THAT(Message<CreatePost>(R"({"text":"x","colour":"red"})"), Not(HasSubstr("Did you")));
}

TEST(ReadJson, NamesTheWordsOfAnEnumeration) {
  EXPECT_THAT(Message<CreatePost>(R"({"text":"x","privacy":"Public"})"),
              HasSubstr(R"("public", "friends" or "private")"));
}

TEST(ReadJson, AsksTheCheckOnlyAboutValuesThatKeepTheirBounds) {
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":" x"})"), ElementsAre("/text invalid"));
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":""})"), ElementsAre("/text too_short"));
}

TEST(ReadJson, CountsCharactersNotBytes) {
  std::string fifty;
  for (int i = 0; i < 50; ++i) fifty += "\xf0\x9f\x8c\x8a";
  EXPECT_TRUE(ReadJson<CreatePost>(R"({"text":")" + fifty + R"("})"));
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":")" + fifty + R"(x"})"), ElementsAre("/text too_long"));
}

TEST(ReadJson, BoundsListsBeforeReadingThem) {
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":"x","media_ids":[1,2,3,4]})"),
              ElementsAre("/media_ids too_many"));
}

TEST(ReadJson, KeepsIntegersWithinTheirTypes) {
  EXPECT_TRUE(ReadJson<Counts>(R"({"likes":-9223372036854775808,"comments":0,"shares":127})"));
  EXPECT_THAT(Wrong<Counts>(R"({"likes":9223372036854775808,"comments":-1,"shares":128})"),
              ElementsAre("/likes out_of_range", "/comments out_of_range", "/shares out_of_range"));
  EXPECT_THAT(Wrong<Counts>(R"({"likes":1.5,"comments":"1","shares":true})"),
              ElementsAre("/likes wrong_type", "/comments wrong_type", "/shares wrong_type"));
  EXPECT_EQ(ReadJson<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(ReadJson<int>("1e2"), 100);
  EXPECT_EQ(ReadJson<int>("-3.0"), -3);
  EXPECT_THAT(Wrong<std::uint64_t>("1e300"), ElementsAre(" out_of_range"));
}

TEST(ReadJson, RefusesAMemberThatIsGivenTwice) {
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":"x","text":"y"})"),
              ElementsAre("/text duplicate_member"));
  EXPECT_THAT(Wrong<RawJson>(R"({"a":[{},{"b":1,"c":0,"b":2,"b":3}],"c":{"b":1},"a":1})"),
              ElementsAre("/a/1/b duplicate_member", "/a duplicate_member"));
}

TEST(ReadJson, RefusesTheNulCharacterInTextsAndNames) {
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":"a\u0000b"})"), ElementsAre("/text nul_character"));
  EXPECT_THAT(Wrong<std::vector<std::string>>(R"(["x","\u0000"])"),
              ElementsAre("/1 nul_character"));
  EXPECT_THAT(Wrong<RawJson>(R"({"a":{"b\u0000":1}})"), SizeIs(1));
}

TEST(ReadJson, EscapesPointers) {
  EXPECT_THAT(Wrong<CreatePost>(R"({"text":"x","a/b~c":1})"),
              ElementsAre("/a~1b~0c unknown_member"));
}

TEST(ReadJson, SaysWhereATextCeasesToBeJson) {
  EXPECT_THAT(Message<CreatePost>("{\n  \"text\": nope}"), HasSubstr("line 2, column"));
  for (const std::string_view text :
       {"", " ", "{", "{\"text\":\"x\"} x", "{\"text\":\"x\",}", "[1,]", "nul", "'x'", "\"\xff\"",
        "\"\xed\xa0\x80\"", "\"\\ud800\"", "01", "+1", ".5", "1.", "NaN", "1e999", "{}\v"}) {
    EXPECT_THAT(Wrong<RawJson>(text), ElementsAre("malformed_json")) << text;
  }
}

TEST(ReadJson, BoundsDepthAndLength) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(ReadJson<RawJson>(nested(32)));
  EXPECT_THAT(Message<RawJson>(nested(33)), HasSubstr("more than 32 levels"));
  EXPECT_FALSE(ReadJson<RawJson>("[1,2]", {.bytes = 4}));
  EXPECT_TRUE(ReadJson<RawJson>("[1,2]", {.bytes = 5}));
}

TEST(ReadJson, NeverRepeatsWhatIsSecret) {
  const std::string message =
      Message<SignIn>(R"({"username":"an","password":"hunter2","code":"12345"})");
  EXPECT_THAT(message, AllOf(HasSubstr("/username"), HasSubstr("/password"), HasSubstr("/code")));
  EXPECT_THAT(message, AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("12345"))));
}

TEST(ReadJson, BoundsTheNumberOfMistakesItReports) {
  std::string text = R"({"text":"x")";
  for (int i = 0; i < 1000; ++i) text += ",\"unknown" + std::to_string(i) + "\":1";
  EXPECT_THAT(Wrong<CreatePost>(text + "}"), SizeIs(FieldErrors::kMost));
}

TEST(ReadJson, ReadsTypesThatContainThemselves) {
  const Comment comment{PostId{1}, "a", {{PostId{2}, "b", {{PostId{3}, "c", {}}}}}};
  EXPECT_EQ(ReadJson<Comment>(ToJson(comment)), comment);
}

TEST(ReadJson, ReadsBackWhatWasWritten) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2'000; ++i) {
    Everything value;
    value.flag = random() % 2 == 0;
    value.small = static_cast<std::int32_t>(random());
    value.large = random();
    value.number = static_cast<double>(random()) / 3;
    value.text = std::string(random() % 9, static_cast<char>('!' + random() % 90));
    value.id = PostId{random() % kMaxIdValue + 1};
    value.time = Timestamp(std::chrono::milliseconds(random() % 4'000'000'000'000));
    value.duration = Duration(random() % 1'000'000);
    value.privacy = static_cast<Privacy>(random() % 3);
    if (random() % 2) value.maybe = "\\\"\n";
    if (random() % 2) value.nothing = static_cast<std::int64_t>(random());
    for (std::size_t n = random() % 4; n > 0; --n) value.list.push_back(std::to_string(n));
    for (std::size_t n = random() % 4; n > 0; --n) value.map[std::to_string(n)] = 1e300;
    value.object = {"Somewhere", 12.25, static_cast<double>(random() % 180)};
    value.raw.text = R"({"a":[1,null]})";
    const auto read = ReadJson<Everything>(ToJson(value));
    ASSERT_TRUE(read) << read.error().ToString() << ToJson(value);
    ASSERT_EQ(*read, value) << ToJson(value);
  }
}

}  // namespace
}  // namespace freshet::net
