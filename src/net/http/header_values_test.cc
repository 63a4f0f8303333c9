#include "net/http/header_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/http/client_address.h"
#include "net/http/uri.h"

namespace freshet::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::string> Items(std::string_view list) {
  std::vector<std::string> items;
  ForEachListItem(list, [&](std::string_view item) {
    items.emplace_back(item);
    return true;
  });
  return items;
}

TEST(HeaderValues, ListsAreSplitAtCommasOutsideQuotes) {
  EXPECT_THAT(Items(" a ,, \"b, \\\" c\",d"), ElementsAre("a", "\"b, \\\" c\"", "d"));
  EXPECT_THAT(Items(""), IsEmpty());
  EXPECT_THAT(Items("\"open, x"), ElementsAre("\"open, x"));
}

TEST(HeaderValues, WeightsOfEncodings) {
  EXPECT_EQ(EncodingWeight("gzip;q=0.5, br", "gzip"), 0.5);
  EXPECT_EQ(EncodingWeight("GZIP ; Q=0.25", "gzip"), 0.25);
  EXPECT_EQ(EncodingWeight("*;q=0.1", "gzip"), 0.1);
  EXPECT_EQ(EncodingWeight("br", "gzip"), 0);
  EXPECT_EQ(EncodingWeight("", "identity"), 1);
  EXPECT_EQ(EncodingWeight("identity;q=0", "identity"), 0);
  EXPECT_EQ(EncodingWeight("gzip;q=2", "gzip"), 0);
  EXPECT_EQ(EncodingWeight("gzip;level=1", "gzip"), 0);
}

TEST(HeaderFields, AreFoundWithoutRegardToCase) {
  HeaderFields fields;
  fields.Add("Accept", "a");
  fields.Add("accept", "b");
  EXPECT_EQ(fields.Get("ACCEPT"), "a");
  fields.Set("aCCept", fields.Get("accept"));
  EXPECT_THAT((std::vector<std::pair<std::string, std::string>>(fields.begin(), fields.end())),
              ElementsAre(Pair("aCCept", "a")));
}

TEST(Uri, DecodingIsStrict) {
  EXPECT_EQ(PercentDecode("a%20b+c%C3%A9").value(), "a b+c\xc3\xa9");
  for (const char* text : {"%", "%2", "%2g", "abc%"}) EXPECT_FALSE(PercentDecode(text)) << text;
  EXPECT_EQ(PercentEncode("a b/\xc3\xa9~"), "a%20b%2F%C3%A9~");
}

TEST(Uri, QueriesAreListsOfPairs) {
  EXPECT_THAT(
      *ParseQuery("a=1&b=x+y%26&&a=2&c&d="),
      ElementsAre(Pair("a", "1"), Pair("b", "x y&"), Pair("a", "2"), Pair("c", ""), Pair("d", "")));
  EXPECT_THAT(*ParseQuery("=v&k==v"), ElementsAre(Pair("", "v"), Pair("k", "=v")));
  EXPECT_THAT(*ParseQuery(""), IsEmpty());
  EXPECT_FALSE(ParseQuery("a=%x"));
}

class ClientAddressTest : public ::testing::Test {
 protected:
  void Trust(const std::vector<std::string>& networks) {
    proxies_ = *TrustedProxies::Parse(networks);
  }
  ClientAddress Find(ProxyHeader header, const std::string& peer = "10.0.0.1") {
    return FindClient(headers_, proxies_, header, {.address = peer, .secure = false});
  }

  HeaderFields headers_;
  TrustedProxies proxies_ = *TrustedProxies::Parse({"10.0.0.0/8", "fd00::/8", "192.0.2.1"});
};

TEST_F(ClientAddressTest, NetworksAreChecked) {
  for (const char* network : {"10.0.0.0/33", "10.0.0/8", "x", "::/129", "10.0.0.0/-1", "10.0.0.0/"})
    EXPECT_FALSE(TrustedProxies::Parse({network})) << network;
  EXPECT_TRUE(proxies_.Contains("10.255.0.1"));
  EXPECT_TRUE(proxies_.Contains("::ffff:10.1.1.1"));
  EXPECT_TRUE(proxies_.Contains("fd12::1"));
  EXPECT_TRUE(proxies_.Contains("192.0.2.1"));
  EXPECT_FALSE(proxies_.Contains("11.0.0.1"));
  EXPECT_FALSE(proxies_.Contains("192.0.2.2"));
  EXPECT_FALSE(proxies_.Contains("fe80::1"));
  Trust({"10.128.0.0/9"});
  EXPECT_TRUE(proxies_.Contains("10.200.0.1"));
  EXPECT_FALSE(proxies_.Contains("10.100.0.1"));
}

TEST_F(ClientAddressTest, TheFirstHopThatIsNotTrustedIsTheClient) {
  headers_.Add("X-Forwarded-For", "1.1.1.1, 8.8.8.8");
  headers_.Add("X-Forwarded-For", "10.2.2.2");
  headers_.Add("X-Forwarded-Proto", "http, https, http");
  const auto client = Find(ProxyHeader::kXForwarded);
  EXPECT_EQ(client.address, "8.8.8.8");
  EXPECT_TRUE(client.secure);
}

TEST(TraceIdTest, IsReadFromAWellFormedTraceparentOnly) {
  EXPECT_EQ(TraceIdOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            "0af7651916cd43dd8448eb211c80319c");
  for (const std::string_view text : {"", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                                      "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                      "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                      "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    EXPECT_EQ(TraceIdOf(text), "") << text;
  }
}

TEST_F(ClientAddressTest, ForwardedIsReadWithQuotesAndPorts) {
  headers_.Add("Forwarded",
               R"(for=9.9.9.9, for="[2001:db8::17]:4711";proto=https;by=10.0.0.9, For=10.3.3.3)");
  const auto client = Find(ProxyHeader::kForwarded);
  EXPECT_EQ(client.address, "2001:db8::17");
  EXPECT_TRUE(client.secure);
}

TEST_F(ClientAddressTest, AChainThatBreaksEndsAtTheLastKnownHop) {
  headers_.Add("Forwarded", "for=8.8.8.8, for=_hidden, for=10.4.4.4");
  EXPECT_EQ(Find(ProxyHeader::kForwarded).address, "10.4.4.4");
}

TEST_F(ClientAddressTest, TheOtherHeaderIsNotBelieved) {
  headers_.Add("Forwarded", "for=6.6.6.6");
  EXPECT_EQ(Find(ProxyHeader::kXForwarded).address, "10.0.0.1");
  headers_.Add("X-Forwarded-For", "8.8.8.8");
  EXPECT_EQ(Find(ProxyHeader::kXForwarded).address, "8.8.8.8");
  EXPECT_EQ(Find(ProxyHeader::kXForwarded, "11.0.0.1").address, "11.0.0.1");
}

}  // namespace
}  // namespace freshet::net
