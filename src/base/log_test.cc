#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <limits>
#include <random>
#include <thread>

#include "base/clock.h"

namespace freshet {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class LogTest : public testing::Test {
 protected:
  // Logs one line as JSON and reads it back.
  boost::json::object AsJson(std::string_view message, std::initializer_list<LogField> fields) {
    logger_.Configure({.format = LogFormat::kJson});
    logger_.Info(message, fields);
    EXPECT_THAT(lines_, SizeIs(1));
    EXPECT_THAT(lines_.at(0), Not(HasSubstr("\n")));
    return boost::json::parse(lines_.at(0)).as_object();
  }
  std::string AsText(std::string_view message, std::initializer_list<LogField> fields) {
    logger_.Info(message, fields);
    EXPECT_THAT(lines_, SizeIs(1));
    return lines_.at(0);
  }

  std::vector<std::string> lines_;
  Logger logger_{{}, [this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(LogTest, JsonLinesCarryTimeLevelMessageAndFields) {
  const auto line =
      AsJson("Started", {{"port", 8080}, {"host", "a b"}, {"share", 0.5}, {"on", true}});
  EXPECT_TRUE(ParseTimestamp(line.at("time").as_string()));
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("message"), "Started");
  EXPECT_EQ(line.at("port"), 8080);
  EXPECT_EQ(line.at("host"), "a b");
  EXPECT_EQ(line.at("share"), 0.5);
  EXPECT_EQ(line.at("on"), true);
}

TEST_F(LogTest, NumbersThatJsonLacksAreTexts) {
  const auto line = AsJson("Measured", {{"nan", std::numeric_limits<double>::quiet_NaN()},
                                        {"infinite", std::numeric_limits<float>::infinity()},
                                        {"character", 'x'},
                                        {"great", 1e300}});
  EXPECT_EQ(line.at("nan"), "nan");
  EXPECT_EQ(line.at("infinite"), "inf");
  EXPECT_EQ(line.at("character"), "x");
  EXPECT_EQ(line.at("great"), 1e300);
}

TEST_F(LogTest, HostileFieldsStayInTheirPlaceInJson) {
  const std::string hostile = "\"}\n{\"level\":\"error\\\x1b[2J\x7f\xff\xc2\x9b";
  const auto line = AsJson("Refused", {{"agent", hostile}, {"in\"name", 1}});
  EXPECT_EQ(line.at("agent"), "\"}\n{\"level\":\"error\\\x1b[2J\x7f\xef\xbf\xbd\xc2\x9b");
  EXPECT_EQ(line.at("in\"name"), 1);
  EXPECT_EQ(line.at("level"), "info");
}

TEST_F(LogTest, AnyBytesMakeOneValidLine) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    lines_.clear();
    AsJson(bytes, {{"field", bytes}});
    logger_.Configure({});
    lines_.clear();
    EXPECT_THAT(AsText(bytes, {{"field", bytes}}), Not(HasSubstr("\n")));
  }
}

TEST_F(LogTest, TextLinesAreForReading) {
  const auto line = AsText("Started", {{"port", 8080}, {"name", "Ana B"}, {"empty", ""}});
  EXPECT_THAT(line, EndsWith("info  Started  port=8080  name=\"Ana B\"  empty=\"\""));
}

TEST_F(LogTest, HostileFieldsStayOnTheLineInText) {
  const auto line = AsText("Two\nlines", {{"agent", "x\n2026 error forged=1\x1b[31m"}});
  EXPECT_THAT(line, EndsWith("Two\\u000alines  agent=\"x\\u000a2026 error forged=1\\u001b[31m\""));
}

TEST_F(LogTest, WritesNothingBelowItsLevel) {
  logger_.Debug("quiet");
  EXPECT_THAT(lines_, IsEmpty());
  logger_.Configure({.level = LogLevel::kError});
  logger_.Info("quiet");
  logger_.Warn("quiet");
  EXPECT_THAT(lines_, IsEmpty());
  logger_.Error("loud");
  EXPECT_THAT(lines_, SizeIs(1));
  logger_.Configure({.level = LogLevel::kDebug});
  logger_.Debug("loud");
  EXPECT_THAT(lines_, SizeIs(2));
}

TEST_F(LogTest, LinesOfManyThreadsDoNotMix) {
  logger_.Configure({.format = LogFormat::kJson});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < 200; ++i) logger_.Info("Line", {{"thread", t}, {"i", i}});
      });
    }
  }
  ASSERT_THAT(lines_, SizeIs(800));
  for (const auto& line : lines_) EXPECT_NO_THROW(boost::json::parse(line)) << line;
}

TEST_F(LogTest, GoesToStandardErrorWithoutASink) {
  testing::internal::CaptureStderr();
  Logger({.format = LogFormat::kJson}).Warn("Seen");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), EndsWith("\"message\":\"Seen\"}\n"));
}

TEST_F(LogTest, SecretsCannotBeLogged) {
  EXPECT_FALSE(fmt::is_formattable<Secret>::value);
  EXPECT_EQ(Secret("hush").Reveal(), "hush");
}

}  // namespace
}  // namespace freshet
