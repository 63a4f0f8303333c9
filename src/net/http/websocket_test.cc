#include "net/http/websocket.h"

#include <fmt/format.h>

#include "net/http/testing/server_fixture.h"

namespace freshet::net {
namespace {

using testing::Gate;
using testing::RawClient;

class WebSocketTest : public testing::ServerTest {
 protected:
  void SetUp() override {
    OnWebSocket("/echo", [this](WebSocket& socket) -> Awaitable<void> {
      for (;;) {
        auto message = co_await socket.Receive(Deadline::Never());
        if (!message) {
          MutexLock lock(mutex_);
          endings_.push_back(message.error().kind());
          co_return;
        }
        co_await socket.Send(std::make_shared<const std::string>(*std::move(message)));
      }
    });
  }
  RawClient Open(std::string_view path = "/echo") {
    RawClient client = Connect();
    EXPECT_EQ(client.Shake(path).status, 101);
    return client;
  }
  // Why the last Receive of /echo failed.
  ErrorKind Ending() {
    StopServer();
    MutexLock lock(mutex_);
    return endings_.empty() ? ErrorKind::kInternal : endings_.back();
  }

  Mutex mutex_;
  std::vector<ErrorKind> endings_ GUARDED_BY(mutex_);
};

TEST_F(WebSocketTest, ShakesHandsAsTheStandardSays) {
  On("/chat", [](Request request) -> Awaitable<Response> {
    EXPECT_EQ(request.headers.Get("Sec-WebSocket-Protocol"), "chat, other");
    Response response;
    response.headers.Add("Sec-WebSocket-Protocol", "chat");
    response.body = UpgradeBody([](WebSocket&) -> Awaitable<void> { co_return; });
    co_return response;
  });
  StartServer();
  auto client = Connect();
  const auto answer = client.Shake("/chat", "Sec-WebSocket-Protocol: chat, other\r\n");
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.Get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(answer.Get("Sec-WebSocket-Protocol"), "chat");
  EXPECT_FALSE(answer.headers.Has("Sec-WebSocket-Extensions"));
  EXPECT_TRUE(answer.headers.Has("X-Request-Id"));
  EXPECT_EQ(client.ReceiveFrame().close_code(), 1000) << "the handler returned";
}

TEST_F(WebSocketTest, RefusesWhatIsNoHandshake) {
  StartServer();
  const auto plain = Connect().Get("/echo");
  EXPECT_EQ(plain.status, 426);
  EXPECT_EQ(plain.Get("Upgrade"), "websocket");
  EXPECT_EQ(plain.Get("Sec-WebSocket-Version"), "13");
  const auto old = Connect().Get("/echo",
                                 "Upgrade: websocket\r\nConnection: upgrade\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                 "Sec-WebSocket-Version: 8\r\n");
  EXPECT_EQ(old.status, 426);
  EXPECT_EQ(Connect()
                .Get("/echo",
                     "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: x\r\n"
                     "Sec-WebSocket-Version: 13\r\n")
                .status,
            426);
}

TEST_F(WebSocketTest, ReturnsMessagesInOrder) {
  StartServer();
  auto client = Open();
  for (int i = 0; i < 100; ++i) client.SendText(fmt::format("message {}", i));
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(client.ReceiveFrame().payload, fmt::format("message {}", i));
}

TEST_F(WebSocketTest, CarriesMessagesOfAnySize) {
  options_.websocket_max_message = 200'000;
  StartServer();
  auto client = Open();
  for (const std::size_t size : {0, 1, 63, 64, 65, 125, 126, 1'024, 65'535, 65'536, 200'000}) {
    client.SendText(std::string(size, 'x'));
    EXPECT_EQ(client.ReceiveFrame().payload, std::string(size, 'x'));
  }
}

TEST_F(WebSocketTest, JoinsFragmentsWithPingsInBetween) {
  StartServer();
  auto client = Open();
  client.SendFrame(1, "", false);
  client.SendFrame(0, "one ", false);
  client.SendFrame(9, "are you there?");
  client.SendFrame(0, "two ", false);
  client.SendFrame(0, "three");
  const auto pong = client.ReceiveFrame();
  EXPECT_EQ(pong.opcode, 10);
  EXPECT_EQ(pong.payload, "are you there?");
  EXPECT_EQ(client.ReceiveFrame().payload, "one two three");
}

TEST_F(WebSocketTest, AnswersAClose) {
  StartServer();
  auto client = Open();
  client.SendFrame(8, std::string("\x03\xe8", 2) + "bye");
  EXPECT_EQ(client.ReceiveFrame().close_code(), 1000);
  EXPECT_TRUE(client.IsClosed());
  EXPECT_EQ(Ending(), ErrorKind::kUnavailable);
}

TEST_F(WebSocketTest, ANoticedDisconnectEndsReceive) {
  StartServer();
  {
    auto client = Open();
  }
  AwaitMetric("freshet_http_websockets", 0);
  EXPECT_EQ(Ending(), ErrorKind::kUnavailable);
}

struct Violation {
  const char* name;
  int opcode;
  std::string payload;
  bool masked;
  std::uint16_t code;
};

class WebSocketViolation : public WebSocketTest, public ::testing::WithParamInterface<Violation> {};

TEST_P(WebSocketViolation, ClosesWithItsCode) {
  options_.websocket_max_message = 1'000;
  StartServer();
  auto client = Open();
  client.SendFrame(GetParam().opcode, GetParam().payload, true, GetParam().masked);
  EXPECT_EQ(client.ReceiveFrame().close_code(), GetParam().code);
  client.FinishSending();
  AwaitMetric("freshet_http_websockets", 0);
  EXPECT_EQ(Ending(), ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    Frame, WebSocketViolation,
    ::testing::Values(Violation{"TooLong", 1, std::string(1'001, 'x'), true, 1009},
                      Violation{"NotUtf8", 1, "\xc3\x28", true, 1007},
                      Violation{"Binary", 2, "bytes", true, 1003},
                      Violation{"Unmasked", 1, "hi", false, 1002},
                      Violation{"ReservedOpcode", 3, "hi", true, 1002},
                      Violation{"LongControl", 9, std::string(126, 'x'), true, 1002}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(WebSocketTest, LimitsTheWholeMessageNotTheFrame) {
  options_.websocket_max_message = 1'000;
  StartServer();
  auto client = Open();
  client.SendFrame(1, std::string(600, 'x'), false);
  client.SendFrame(0, std::string(600, 'x'));
  EXPECT_EQ(client.ReceiveFrame().close_code(), 1009);
}

TEST_F(WebSocketTest, AClientThatDoesNotReadIsClosed) {
  options_.websocket_send_queue = 4;
  Gate full;
  ErrorKind kind = ErrorKind::kInternal;
  OnWebSocket("/flood", [&](WebSocket& socket) -> Awaitable<void> {
    const auto message = std::make_shared<const std::string>(1'000'000, 'x');
    auto sent = co_await socket.Send(message);
    // The socket's buffers take the first few; the io thread must run for them to be written.
    while (sent) {
      co_await Sleep(Duration(0));
      sent = co_await socket.Send(message);
    }
    kind = sent.error().kind();
    EXPECT_EQ((co_await socket.Send(message)).error().kind(), ErrorKind::kUnavailable);
    full.Open();
  });
  StartServer();
  RawClient client(server_->bound_port(), false, 4'096);
  EXPECT_EQ(client.Shake("/flood").status, 101);
  RunBlocking(full.Wait());
  EXPECT_EQ(kind, ErrorKind::kExhausted);
  auto frame = client.ReceiveFrame();
  while (frame.opcode == 1) frame = client.ReceiveFrame();
  EXPECT_EQ(frame.close_code(), 1013);
}

TEST_F(WebSocketTest, WhoFlushesAfterEachMessageWaitsForASlowClientInsteadOfLosingIt) {
  options_.websocket_send_queue = 1;
  constexpr int kMessages = 40;
  OnWebSocket("/patient", [&](WebSocket& socket) -> Awaitable<void> {
    const auto message = std::make_shared<const std::string>(1'000'000, 'x');
    for (int i = 0; i < kMessages; ++i) {
      EXPECT_TRUE(co_await socket.Send(message));
      EXPECT_TRUE(co_await socket.Flush());
    }
    EXPECT_TRUE(co_await socket.Flush()) << "nothing waits";
  });
  StartServer();
  RawClient client(server_->bound_port(), false, 4'096);
  EXPECT_EQ(client.Shake("/patient").status, 101);
  for (int i = 0; i < kMessages; ++i) EXPECT_EQ(client.ReceiveFrame().payload.size(), 1'000'000U);
  EXPECT_EQ(client.ReceiveFrame().close_code(), 1000);
}

TEST_F(WebSocketTest, AFlushEndsWithTheConnection) {
  options_.write_timeout = Duration(50);
  Gate ended;
  OnWebSocket("/stuck", [&](WebSocket& socket) -> Awaitable<void> {
    const auto message = std::make_shared<const std::string>(100'000'000, 'x');
    EXPECT_TRUE(co_await socket.Send(message));
    EXPECT_EQ((co_await socket.Flush()).error().kind(), ErrorKind::kUnavailable);
    ended.Open();
  });
  StartServer();
  RawClient client(server_->bound_port(), false, 4'096);
  EXPECT_EQ(client.Shake("/stuck").status, 101);
  RunBlocking(ended.Wait());
}

TEST_F(WebSocketTest, MessagesSentBeforeTheCloseArrive) {
  OnWebSocket("/farewell", [](WebSocket& socket) -> Awaitable<void> {
    for (const char* text : {"one", "two"})
      co_await socket.Send(std::make_shared<const std::string>(text));
    socket.Close(4'001, "that is all");
    EXPECT_FALSE(co_await socket.Send(std::make_shared<const std::string>("late")));
  });
  StartServer();
  auto client = Open("/farewell");
  EXPECT_EQ(client.ReceiveFrame().payload, "one");
  EXPECT_EQ(client.ReceiveFrame().payload, "two");
  const auto close = client.ReceiveFrame();
  EXPECT_EQ(close.close_code(), 4'001);
  EXPECT_EQ(close.payload.substr(2), "that is all");
}

TEST_F(WebSocketTest, ReceiveGivesUpAtItsDeadlineAndCanBeCalledAgain) {
  OnWebSocket("/patient", [this](WebSocket& socket) -> Awaitable<void> {
    const auto nothing = co_await socket.Receive(Deadline::After(clock_, Duration(20)));
    EXPECT_EQ(nothing.error().kind(), ErrorKind::kDeadline);
    co_await socket.Send(std::make_shared<const std::string>("still here"));
    const auto message = co_await socket.Receive(Deadline::Never());
    EXPECT_EQ(message.value_or("?"), "hello");
  });
  StartServer();
  auto client = Open("/patient");
  EXPECT_EQ(client.ReceiveFrame().payload, "still here");
  client.SendText("hello");
  EXPECT_EQ(client.ReceiveFrame().close_code(), 1000);
}

TEST_F(WebSocketTest, PingsAndCutsAPeerThatIsDead) {
  options_.websocket_ping_interval = Duration(50);
  StartServer();
  auto client = Open();
  EXPECT_EQ(client.ReceiveFrame().opcode, 9);
  while (client.ReceiveFrame().opcode == 9) continue;  // never a pong
  AwaitMetric("freshet_http_websockets", 0);
  EXPECT_EQ(Ending(), ErrorKind::kUnavailable);
}

TEST_F(WebSocketTest, APeerThatAnswersPingsStays) {
  options_.websocket_ping_interval = Duration(50);
  server_clock_ = &fake_clock_;
  StartServer();
  auto client = Open();
  for (int i = 0; i < 5; ++i) {
    client.SendText("alive");
    EXPECT_EQ(client.ReceiveFrame().payload, "alive");
    fake_clock_.Advance(options_.websocket_ping_interval);
    const auto ping = client.ReceiveFrame();
    ASSERT_EQ(ping.opcode, 9);
    client.SendFrame(10, ping.payload);
  }
}

TEST_F(WebSocketTest, AnExceptionClosesWith1011) {
  OnWebSocket("/bug", [](WebSocket&) -> Awaitable<void> {
    throw std::runtime_error("bug");
    co_return;
  });
  StartServer();
  EXPECT_EQ(Open("/bug").ReceiveFrame().close_code(), 1011);
}

TEST_F(WebSocketTest, OthersOnTheSameThreadMaySend) {
  Gate both;
  OnWebSocket("/pair", [&](WebSocket& socket) -> Awaitable<void> {
    co_await socket.Send(std::make_shared<const std::string>("a"));
    co_await both.Wait();
    co_await socket.Send(std::make_shared<const std::string>("b"));
    while (co_await socket.Receive(Deadline::Never())) continue;
  });
  StartServer();
  auto client = Open("/pair");
  EXPECT_EQ(client.ReceiveFrame().payload, "a");
  both.Open();
  EXPECT_EQ(client.ReceiveFrame().payload, "b");
}

}  // namespace
}  // namespace freshet::net
