#include "net/push/push_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/io_threads.h"
#include "net/client/testing/loopback_server.h"
#include "net/http/http_date.h"

namespace freshet::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PushClientTest : public testing::Test {
 protected:
  PushMessage Message() {
    return {.endpoint = server_.Url("/push/1"),
            .keys = ReadPushKeys("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPj"
                                 "s7Vd8pZGH6SRpkNtoIAiw4",
                                 "BTBZMqHH6r4Tts7J_aSIgg")
                        .value(),
            .payload = "secret words",
            .topic = "7214501938012160",
            .urgency = PushUrgency::kLow,
            .time_to_live = Duration(90'500)};
  }
  Result<> Send(PushMessage message, bool private_allowed = true) {
    PushClient client(
        http_,
        Vapid::Create(SigningKey::Generate(JwsAlgorithm::kEs256).value(), "mailto:a@b.c").value(),
        private_allowed, clock_);
    return RunBlocking(client.Send(std::move(message), Deadline::After(clock_, Duration(20'000))));
  }
  Error Refused(std::string answer) {
    answer_ = std::move(answer);
    auto sent = Send(Message());
    return sent ? Error(ErrorKind::kInternal, "it was taken") : sent.error();
  }

  std::string answer_ = LoopbackResponse(201, "");
  LoopbackServer server_{
      [this](const LoopbackRequest&) { return std::optional<std::string>(answer_); }};
  SystemClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  Metrics metrics_;
  HttpClient http_{{}, clock_, logger_, metrics_};
};

TEST_F(PushClientTest, SendsWhatThePushServiceNeedsAndNoPlainWord) {
  ASSERT_TRUE(Send(Message()));
  const auto received = server_.requests().back();
  EXPECT_EQ(received.method, "POST");
  EXPECT_EQ(received.target, "/push/1");
  EXPECT_THAT(received.head, HasSubstr("Authorization: vapid t="));
  EXPECT_THAT(received.head, HasSubstr("Content-Encoding: aes128gcm\r\n"));
  EXPECT_THAT(received.head, HasSubstr("TTL: 90\r\n"));
  EXPECT_THAT(received.head, HasSubstr("Urgency: low\r\n"));
  EXPECT_THAT(received.head, HasSubstr("Topic: 7214501938012160\r\n"));
  EXPECT_THAT(received.body, Not(HasSubstr("secret")));
  EXPECT_EQ(received.body.size(), 86 + Message().payload.size() + 1 + 16);
}

TEST_F(PushClientTest, TellsEndsFromPausesAndRefusals) {
  EXPECT_EQ(Refused(LoopbackResponse(410, "")).code(), "subscription_gone");
  EXPECT_EQ(Refused(LoopbackResponse(404, "")).code(), "subscription_gone");
  EXPECT_EQ(Refused(LoopbackResponse(413, "")).code(), "push_refused");
  const auto busy = Refused(LoopbackResponse(429, "", {{"Retry-After", "120"}}));
  EXPECT_EQ(busy.kind(), ErrorKind::kExhausted);
  EXPECT_EQ(busy.retry_after(), std::chrono::minutes(2));
  const auto down = Refused(LoopbackResponse(503, ""));
  EXPECT_TRUE(down.retryable());
  EXPECT_FALSE(down.retry_after());
}

TEST_F(PushClientTest, ReadsRetryAfterAsADate) {
  const auto busy = Refused(LoopbackResponse(
      429, "", {{"Retry-After", FormatHttpDate(clock_.Now() + std::chrono::hours(1))}}));
  ASSERT_TRUE(busy.retry_after());
  EXPECT_GT(*busy.retry_after(), std::chrono::minutes(1));
  EXPECT_LE(*busy.retry_after(), std::chrono::hours(1));
}

TEST_F(PushClientTest, CallsNoPrivateAddressUnlessAllowed) {
  EXPECT_FALSE(Send(Message(), false));
  PushMessage named = Message();
  named.endpoint = "https://localhost:" + std::to_string(server_.port()) + "/push";
  const auto refused = Send(named, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "address_not_public");
  EXPECT_TRUE(server_.requests().empty());
}

TEST(PushOrigin, IsTheSerialisedOrigin) {
  EXPECT_EQ(PushOrigin("https://Push.Example:443/a/b?c=d", false).value(), "https://push.example");
  EXPECT_EQ(PushOrigin("https://push.example:8443/", false).value(), "https://push.example:8443");
  EXPECT_EQ(PushOrigin("http://127.0.0.1:81/", true).value(), "http://127.0.0.1:81");
}

TEST(PushOrigin, RefusesWhatLeadsElsewhere) {
  for (const auto* endpoint :
       {"", "push.example", "/push", "ftp://push.example/", "http://push.example/", "https:///push",
        "https://user@push.example/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/",
        "https://169.254.169.254/latest", "https://push.example/a b"}) {
    const auto origin = PushOrigin(endpoint, false);
    ASSERT_FALSE(origin) << endpoint;
    EXPECT_EQ(origin.error().fields().front().field, "/endpoint");
  }
}

}  // namespace
}  // namespace freshet::net
