#include "net/json/json_writer.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>

#include "net/json/json_reader.h"
#include "net/json/testing/sample.h"

namespace freshet::net {
namespace {

using namespace testing;
using std::chrono::milliseconds;

TEST(JsonWriter, WritesEveryKindOfMemberInTheOrderOfDeclaration) {
  Everything value;
  value.flag = true;
  value.small = -7;
  value.large = std::numeric_limits<std::uint64_t>::max();
  value.number = 0.1;
  value.text = "a \"b\"";
  value.id = PostId{7214501938012160};
  value.time = Timestamp(milliseconds(1'769'846'709'123));
  value.duration = Duration(1500);
  value.privacy = Privacy::kFriends;
  value.list = {"x", ""};
  value.map = {{"k", 1.5}};
  value.object = {"Home", -1, 2};
  value.raw.text = "[1]";
  EXPECT_EQ(ToJson(value),
            R"({"flag":true,"small":-7,"large":18446744073709551615,"number":0.1,)"
            R"("text":"a \"b\"","id":"7214501938012160","time":"2026-01-31T08:05:09.123Z",)"
            R"("duration":1500,"privacy":"friends","nothing":null,"list":["x",""],)"
            R"("map":{"k":1.5},"object":{"name":"Home","lat":-1,"lng":2},"raw":[1]})");
}

TEST(JsonWriter, LeavesAnEmptyOptionalOutAndWritesAnEmptyNullable) {
  CreatePost post{.text = "x"};
  EXPECT_EQ(ToJson(post), R"({"text":"x","privacy":"public"})");
  post.quote_of = Nullable<PostId>();
  EXPECT_EQ(ToJson(post), R"({"text":"x","privacy":"public","quote_of":null})");
  post.quote_of = Nullable<PostId>(PostId{5});
  EXPECT_EQ(ToJson(post), R"({"text":"x","privacy":"public","quote_of":"5"})");
}

TEST(JsonWriter, PutsCommasBetweenValuesAndNowhereElse) {
  std::string out = "data: ";
  JsonWriter writer(out);
  writer.BeginArray();
  writer.Int(1);
  writer.BeginArray();
  writer.EndArray();
  writer.BeginObject();
  writer.Member("a", ",");
  writer.Key("b");
  writer.Raw("{}");
  writer.EndObject();
  writer.Text("[");
  writer.Text("");
  writer.EndArray();
  EXPECT_EQ(out, R"(data: [1,[],{"a":",","b":{}},"[",""])");
}

TEST(JsonWriter, WritesWhatIsNoNumberAsNull) {
  EXPECT_EQ(ToJson(std::nan("")), "null");
  EXPECT_EQ(ToJson(std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, WritesNumbersSoThatTheyReadBackAsTheSame) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const auto read = ReadJson<double>(ToJson(value));
    ASSERT_TRUE(read) << ToJson(value) << ": " << read.error().ToString();
    ASSERT_EQ(*read, value);
  }
}

// What another implementation makes of the text is the text.
TEST(JsonWriter, EscapesWhateverATextHolds) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> pieces{
      "a", "\"", "\\", "\n",      "\x01", "\x1f", "\x7f", "é", "\xf0\x9f\x8c\x8a",
      "/", " ",  "\t", "abcdefgh"};
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (std::size_t n = random() % 30; n > 0; --n) text += pieces[random() % pieces.size()];
    const auto parsed = boost::json::parse(ToJson(text));
    ASSERT_EQ(std::string_view(parsed.as_string()), text);
  }
}

TEST(JsonWriter, EscapesKeys) {
  const std::map<std::string, double> map{{"a\"b", 1}};
  EXPECT_EQ(ToJson(map), R"({"a\"b":1})");
}

TEST(JsonWriter, WritesTimesAsFormatTimestampDoes) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> any(-62'167'219'200'000, 253'402'300'799'999);
  for (int i = 0; i < 2'000; ++i) {
    const Timestamp time{milliseconds(any(random))};
    ASSERT_EQ(ToJson(time), '"' + FormatTimestamp(time) + '"');
  }
}

}  // namespace
}  // namespace freshet::net
