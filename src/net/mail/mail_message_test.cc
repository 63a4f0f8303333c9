#include "net/mail/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace freshet::net {
namespace {

TEST(MailAddress, IsWhatASmtpServerTakes) {
  for (const auto* address :
       {"ana@example.org", "a.b+c@sub.example.org", "x@localhost", "o'neil_1@a-b.example"}) {
    EXPECT_EQ(CheckMailAddress(address), "") << address;
  }
}

TEST(MailAddress, CarriesNoCommandAndNoSecondReader) {
  for (const std::string address :
       {"", "ana", "@example.org", "ana@", "ana@example..org", ".ana@example.org",
        "ana@-example.org", "a b@example.org", "ana@example.org>", "<ana@example.org",
        "ana@example.org,ben@example.org", "ana@example.org\r\nRCPT TO:<ben@example.org>",
        "\"ana\"@example.org", "ana@[127.0.0.1]", "\xc3\xa9@example.org"}) {
    EXPECT_NE(CheckMailAddress(address), "") << address;
  }
  EXPECT_NE(CheckMailAddress(std::string(65, 'a') + "@example.org"), "");
}

TEST(MailHeader, KeepsAsciiAndEncodesTheRest) {
  EXPECT_EQ(EncodeHeaderText("3 new notifications"), "3 new notifications");
  EXPECT_EQ(EncodeHeaderText("Zo\xc3\xab"), "=?UTF-8?Q?Zo=C3=AB?=");
  EXPECT_EQ(EncodeHeaderText("=?UTF-8?Q?x?="), "=?UTF-8?Q?=3D=3FUTF=2D8=3FQ=3Fx=3F=3D?=");
}

TEST(MailHeader, NeverBreaksOutOfItsLine) {
  EXPECT_EQ(EncodeHeaderText("a\r\nBcc: b"), "a  Bcc: b");
}

TEST(MailHeader, FoldsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xe2\x82\xac";
  const std::string encoded = EncodeHeaderText(text);
  for (std::size_t begin = 0; begin < encoded.size();) {
    const auto end = std::min(encoded.find("\r\n", begin), encoded.size());
    EXPECT_LE(end - begin, 76U);
    EXPECT_EQ((end - begin - (begin == 0 ? 12 : 13)) % 9, 0U);
    begin = end + 2;
  }
}

TEST(MailDate, IsThatOfTheStandard) {
  EXPECT_EQ(FormatMailDate(Timestamp(std::chrono::seconds(880'106'106))),
            "Fri, 21 Nov 1997 09:55:06 +0000");
}

TEST(EscapeHtml, LeavesNoMarkup) {
  EXPECT_EQ(EscapeHtml("<b onclick='x'>\"&\"</b>"),
            "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/b&gt;");
}

}  // namespace
}  // namespace freshet::net
