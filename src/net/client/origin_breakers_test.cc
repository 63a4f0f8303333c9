#include "net/client/origin_breakers.h"

#include <gtest/gtest.h>

namespace freshet::net {
namespace {

class OriginBreakersTest : public testing::Test {
 protected:
  void Break(const std::string& origin) {
    const auto breaker = breakers_.For(origin);
    breaker->Record(breaker->Admit().value(), true);
  }
  bool Open(const std::string& origin) {
    return breakers_.For(origin)->state() == CircuitBreaker::State::kOpen;
  }

  FakeClock clock_;
  double OpenCircuits() {
    return metrics_.GetGauge("freshet_http_client_open_circuits", "").Value();
  }

  Metrics metrics_;
  OriginBreakers breakers_{{.minimum_calls = 1}, 2, clock_, metrics_};
};

TEST_F(OriginBreakersTest, OriginsFailApart) {
  Break("https://a:443");
  EXPECT_TRUE(Open("https://a:443"));
  EXPECT_FALSE(Open("https://b:443"));
}

TEST_F(OriginBreakersTest, TheOneAskedForLongestAgoMakesRoom) {
  Break("http://a:80");
  Break("http://b:80");
  EXPECT_TRUE(Open("http://a:80"));
  breakers_.For("http://c:80");
  EXPECT_EQ(breakers_.size(), 2);
  EXPECT_TRUE(Open("http://a:80"));
  EXPECT_FALSE(Open("http://b:80"));
}

TEST_F(OriginBreakersTest, SaysHowManyAreOpen) {
  Break("http://a:80");
  Break("http://b:80");
  EXPECT_EQ(OpenCircuits(), 2);
  breakers_.For("http://c:80");
  EXPECT_EQ(OpenCircuits(), 1);
}

}  // namespace
}  // namespace freshet::net
