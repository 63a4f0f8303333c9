// Clients that are slow, idle or too many.
#include <fmt/format.h>

#include "net/http/testing/server_fixture.h"

namespace freshet::net {
namespace {

using testing::Gate;

constexpr Duration kShort{50};
constexpr Duration kLong{60'000};

class HttpTimeouts : public testing::ServerTest {
 protected:
  void SetUp() override {
    On("/", Says("hello"));
    On("/echo", Echoes());
    options_.header_timeout = options_.body_timeout = kLong;
    options_.idle_timeout = options_.write_timeout = kLong;
  }
};

TEST_F(HttpTimeouts, AConnectionThatSaysNothingIsClosedSilently) {
  options_.header_timeout = kShort;
  StartServer();
  EXPECT_EQ(Connect().ReceiveAll(), "");
}

TEST_F(HttpTimeouts, AnIdleConnectionIsClosedSilently) {
  options_.idle_timeout = kShort;
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Get("/").status, 200);
  EXPECT_EQ(client.ReceiveAll(), "");
}

TEST_F(HttpTimeouts, AHeaderThatTricklesInIsRefused) {
  options_.header_timeout = kShort;
  options_.max_header_bytes = 1'000'000'000;
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n");
  while (client.Pending() == 0) client.Trickle("X-Slow: y\r\n");
  const auto answer = client.Receive();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.Get("Connection"), "close");
  EXPECT_EQ(Metric(R"(freshet_http_refused_total{reason="header_timeout"})"), 1);
}

TEST_F(HttpTimeouts, ABodyThatDoesNotComeIsRefused) {
  options_.body_timeout = kShort;
  StartServer();
  auto client = Connect();
  client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.Receive().status, 408);
  EXPECT_TRUE(client.IsClosed());
  EXPECT_EQ(Metric(R"(freshet_http_refused_total{reason="body_timeout"})"), 1);
}

TEST_F(HttpTimeouts, AClientThatDoesNotReadItsAnswerIsCut) {
  options_.write_timeout = kShort;
  constexpr std::size_t kMoreThanSocketsHold = 50'000'000;
  On("/huge", [](Request) -> Awaitable<Response> {
    co_return Text(std::string(kMoreThanSocketsHold, 'x'));
  });
  StartServer();
  auto client = Connect();
  client.Send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
  AwaitMetric(R"(freshet_http_refused_total{reason="write_timeout"})", 1);
  EXPECT_LT(client.ReceiveAll().size(), kMoreThanSocketsHold);
}

TEST_F(HttpTimeouts, AStreamToAClientThatDoesNotReadFails) {
  options_.write_timeout = kShort;
  Gate ended;
  On("/stream", [&ended](Request) -> Awaitable<Response> {
    Response response;
    response.body = StreamBody([&ended](BodyWriter& writer) -> Awaitable<Result<>> {
      const std::string piece(100'000, 'x');
      Result<> written;
      while (written) written = co_await writer.Write(piece);
      ended.Open();
      co_return written;
    });
    co_return response;
  });
  StartServer();
  auto client = Connect();
  client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  RunBlocking(ended.Wait());
  AwaitMetric("freshet_http_connections", 0);
}

TEST_F(HttpTimeouts, ASlowHandlerIsNotAnIdleClient) {
  Gate gate;
  On("/slow", [&gate](Request) -> Awaitable<Response> {
    co_await gate.Wait();
    co_return Text("slow");
  });
  server_clock_ = &fake_clock_;
  StartServer();
  auto slow = Connect();
  slow.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  gate.AwaitWaiting(1);
  auto idle = Connect(), idle_too = Connect();  // one on each thread
  AwaitMetric("freshet_http_connections", 3);
  while (Metric("freshet_http_connections") > 1) fake_clock_.Advance(kLong);
  gate.Open();
  EXPECT_EQ(slow.Receive().body, "slow");
}

TEST_F(HttpTimeouts, OneConnectionTooManyIsToldToComeBack) {
  options_.max_connections = 2;
  StartServer();
  auto first = Connect(), second = Connect();
  EXPECT_EQ(first.Get("/").status, 200);
  EXPECT_EQ(second.Get("/").status, 200);
  auto third = Connect();
  const auto answer = third.Receive();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Get("Retry-After"), "1");
  EXPECT_TRUE(third.IsClosed());
  EXPECT_EQ(Metric(R"(freshet_http_refused_total{reason="connections"})"), 1);
}

TEST_F(HttpTimeouts, APlaceThatBecomesFreeIsGivenAgain) {
  options_.max_connections = 1;
  StartServer();
  {
    EXPECT_EQ(Connect().Get("/").status, 200);
  }
  AwaitMetric("freshet_http_connections", 0);
  EXPECT_EQ(Connect().Get("/").status, 200);
}

}  // namespace
}  // namespace freshet::net
