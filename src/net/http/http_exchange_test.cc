// One request after the other: framing, keep-alive, pipelining, limits, malformed input.
#include <fmt/format.h>

#include "net/http/testing/server_fixture.h"

namespace freshet::net {
namespace {

using testing::Gate;
using ::testing::HasSubstr;
using ::testing::Not;

class HttpExchange : public testing::ServerTest {
 protected:
  void SetUp() override {
    On("/", Says("hello"));
    On("/echo", Echoes());
  }
};

TEST_F(HttpExchange, AnswersAGet) {
  StartServer();
  const auto answer = Connect().Get("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.Get("Content-Length"), "5");
  EXPECT_THAT(answer.Get("Date"), HasSubstr("GMT"));
  EXPECT_FALSE(answer.headers.Has("Connection"));
}

TEST_F(HttpExchange, SplitsTargetIntoPathAndQuery) {
  StartServer();
  EXPECT_EQ(Connect().Get("/echo?a=%20b&c").body, "GET /echo a=%20b&c ");
  EXPECT_EQ(Connect().Get("http://elsewhere:80/echo?x").body, "GET /echo x ");
  EXPECT_EQ(Seen()[1].headers.Get("Host"), "elsewhere:80");
}

TEST_F(HttpExchange, KeepsTheConnectionForTheNextRequest) {
  StartServer();
  auto client = Connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Get("/").body, "hello");
  EXPECT_EQ(Metric("freshet_http_connections"), 1);
}

TEST_F(HttpExchange, ClosesWhenTheClientAsksForIt) {
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Get("/", "Connection: close\r\n").Get("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpExchange, ClosesAfterHttp10UnlessAskedToStay) {
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.Receive().Get("Connection"), "keep-alive");
  client.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.Receive().Get("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpExchange, AnswersAClientThatFinishedSending) {
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.FinishSending();
  EXPECT_EQ(client.Receive().body, "hello");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpExchange, SendsTheHeadOfAGetToAHead) {
  StartServer();
  auto client = Connect();
  const auto answer = client.Request("HEAD", "/");
  EXPECT_EQ(answer.Get("Content-Length"), "5");
  EXPECT_EQ(client.Get("/").body, "hello") << "nothing of a body lay between";
}

TEST_F(HttpExchange, SendsNoBodyWith204And304) {
  for (const int status : {204, 304}) {
    On(fmt::format("/{}", status), [status](Request) -> Awaitable<Response> {
      co_return Response{.status = status, .headers = {}, .body = "never"};
    });
  }
  StartServer();
  auto client = Connect();
  EXPECT_FALSE(client.Get("/204").headers.Has("Content-Length"));
  EXPECT_EQ(client.Get("/304").status, 304);
  EXPECT_EQ(client.Get("/").body, "hello");
}

TEST_F(HttpExchange, AnswersPipelinedRequestsInTheirOrder) {
  Gate gate;
  On("/slow", [&gate](Request) -> Awaitable<Response> {
    co_await gate.Wait();
    co_return Text("slow");
  });
  StartServer();
  auto client = Connect();
  client.Send(
      "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  gate.AwaitWaiting(1);
  EXPECT_EQ(client.Pending(), 0u);
  gate.Open();
  EXPECT_EQ(client.Receive().body, "slow");
  EXPECT_EQ(client.Receive().body, "hello");
  EXPECT_EQ(client.Receive().body, "POST /echo  abc");
}

TEST_F(HttpExchange, AnAnswerDoesNotWaitForASlowerOneBehindIt) {
  Gate gate;
  On("/slow", [&gate](Request) -> Awaitable<Response> {
    co_await gate.Wait();
    co_return Text("slow");
  });
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "hello");
  gate.Open();
  EXPECT_EQ(client.Receive().body, "slow");
}

TEST_F(HttpExchange, AnswersMorePipelinedRequestsThanItHoldsBack) {
  options_.max_pipeline = 3;
  StartServer();
  auto client = Connect();
  std::string requests;
  for (int i = 0; i < 100; ++i)
    requests += fmt::format("GET /echo?{} HTTP/1.1\r\nHost: x\r\n\r\n", i);
  client.Send(requests);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.Receive().body, fmt::format("GET /echo {} ", i));
}

TEST_F(HttpExchange, ReadsABodyThatArrivesByteByByte) {
  StartServer();
  auto client = Connect();
  client.Trickle("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(client.Receive().body, "POST /echo  hello");
}

TEST_F(HttpExchange, ReadsAChunkedBodyAndDropsItsTrailer) {
  StartServer();
  auto client = Connect();
  client.Trickle(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;note=\"x\"\r\nhello\r\n6\r\n world\r\n0\r\nAuthorization: forged\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "POST /echo  hello world");
  EXPECT_FALSE(Seen()[0].headers.Has("Authorization"));
  EXPECT_EQ(client.Get("/").body, "hello");
}

TEST_F(HttpExchange, ReadsALongBodyWhole) {
  body_limit_ = 10'000'000;
  StartServer();
  const std::string body(5'000'000, 'x');
  EXPECT_EQ(Connect().Request("POST", "/echo", {}, body).body, "POST /echo  " + body);
}

TEST_F(HttpExchange, TellsAClientThatWaitsToContinue) {
  StartServer();
  auto client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  client.Send("hi");
  EXPECT_EQ(client.Receive().body, "POST /echo  hi");
}

TEST_F(HttpExchange, SaysNothingInBetweenWhenTheBodyIsThereAlready) {
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Request("POST", "/echo", "Expect: 100-continue\r\n", "hi").status, 200);
}

TEST_F(HttpExchange, RefusesABodyBeforeItIsSent) {
  body_limit_ = 10;
  StartServer();
  auto client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
  const auto answer = client.Receive();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.Get("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
  EXPECT_EQ(Metric(R"(freshet_http_refused_total{reason="body_limit"})"), 1);
}

TEST_F(HttpExchange, RefusesAChunkedBodyThatGrowsTooLong) {
  body_limit_ = 10;
  StartServer();
  auto client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "6\r\nhello \r\n6\r\nworld!\r\n");
  EXPECT_EQ(client.Receive().status, 413);
  EXPECT_TRUE(Seen().empty());
}

TEST_F(HttpExchange, AClientThatOnlyReadsAfterSendingStillGetsTheRefusal) {
  body_limit_ = 10;
  StartServer();
  auto client = Connect();
  const auto answer = client.Request("POST", "/echo", {}, std::string(300'000, 'x'));
  EXPECT_EQ(answer.status, 413);
}

TEST_F(HttpExchange, RefusesALongHeader) {
  options_.max_header_bytes = 1'024;
  StartServer();
  EXPECT_EQ(Connect().Get("/", fmt::format("X-Long: {}\r\n", std::string(1'024, 'x'))).status, 431);
  EXPECT_EQ(Connect().Get("/" + std::string(1'024, 'x')).status, 414);
  auto endless = Connect();
  endless.Send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(2'000, 'x'));
  EXPECT_EQ(endless.Receive().status, 431);
}

TEST_F(HttpExchange, RefusesALongChunkHead) {
  options_.max_header_bytes = 1'024;
  StartServer();
  auto client = Connect();
  client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" +
              std::string(5'000, 'x'));
  EXPECT_EQ(client.Receive().status, 431);
}

TEST_F(HttpExchange, RefusesMethodsItDoesNotKnow) {
  StartServer();
  EXPECT_EQ(Connect().Request("BREW", "/").status, 501);
  EXPECT_EQ(Connect().Request("CONNECT", "elsewhere:443").status, 501);
  EXPECT_EQ(Metric(R"(freshet_http_requests_total{method="other",status="5xx"})"), 2);
}

TEST_F(HttpExchange, RefusesOtherVersions) {
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/2.0\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 505);
}

TEST_F(HttpExchange, RefusesOtherExpectations) {
  StartServer();
  EXPECT_EQ(Connect().Get("/", "Expect: miracles\r\n").status, 417);
}

struct Malformed {
  const char* name;
  const char* bytes;
};

class HttpMalformed : public HttpExchange, public ::testing::WithParamInterface<Malformed> {};

TEST_P(HttpMalformed, IsAnsweredWith400AndClosed) {
  StartServer();
  auto client = Connect();
  client.Send(GetParam().bytes);
  client.Send("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.Receive();
  EXPECT_EQ(answer.status, 400) << answer.raw;
  EXPECT_EQ(answer.Get("Connection"), "close");
  EXPECT_THAT(answer.body, HasSubstr(answer.Get("X-Request-Id")));
  EXPECT_TRUE(client.IsClosed());
  EXPECT_TRUE(Seen().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Request, HttpMalformed,
    ::testing::Values(
        Malformed{"NoVersion", "GET /\r\n\r\n"}, Malformed{"Noise", "\x16\x03\x01\x02\r\n\r\n"},
        Malformed{"SpaceBeforeMethod", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
        Malformed{"TwoSpaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
        Malformed{"RelativeTarget", "GET echo HTTP/1.1\r\nHost: x\r\n\r\n"},
        Malformed{"Fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n"},
        Malformed{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
        Malformed{"TwoHosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
        Malformed{"TwoHostsInOne", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n"},
        Malformed{"HostWithUser", "GET / HTTP/1.1\r\nHost: me@x\r\n\r\n"},
        Malformed{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"},
        Malformed{"NoColon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"},
        Malformed{"FoldedField", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n"},
        Malformed{"BareLineFeed", "GET / HTTP/1.1\nHost: x\n\n"},
        Malformed{"BareLineFeedInField", "GET / HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n"},
        Malformed{"BareCarriageReturn", "GET / HTTP/1.1\r\nHost: x\rX-A: b\r\n\r\n"},
        Malformed{"ControlInValue", "GET / HTTP/1.1\r\nHost: x\r\nX-A: \x01\r\n\r\n"},
        Malformed{"ManyEmptyLines", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
        Malformed{"LengthAndChunked",
                  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Malformed{"ChunkedAndLength",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                  "Content-Length: 3\r\n\r\n0\r\n\r\n"},
        Malformed{
            "TwoLengths",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        Malformed{
            "TwoDifferentLengths",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"},
        Malformed{"LengthList", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc"},
        Malformed{"SignedLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc"},
        Malformed{"HexLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc"},
        Malformed{"EmptyLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\nabc"},
        Malformed{"TwoCodings",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Malformed{"ChunkedIn10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Malformed{"ChunkSizeWithSign",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"},
        Malformed{"ChunkSizeTooLarge",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "11111111111111111\r\n"},
        Malformed{"ChunkWithoutEnd",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabcd\r\n"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(HttpExchange, RefusesOtherTransferCodings) {
  StartServer();
  auto client = Connect();
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 501);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpExchange, IgnoresOneEmptyLineBeforeARequest) {
  StartServer();
  auto client = Connect();
  client.Send("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "hello");
  EXPECT_EQ(client.Receive().body, "hello");
}

TEST_F(HttpExchange, AnExceptionBecomesA500AndTheConnectionGoesOn) {
  On("/bug", [](Request) -> Awaitable<Response> {
    throw std::runtime_error("secret detail");
    co_return Response{};
  });
  logger_.Configure({.level = LogLevel::kError, .format = LogFormat::kText});
  StartServer();
  auto client = Connect();
  const auto answer = client.Get("/bug");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
  EXPECT_EQ(Metric("freshet_http_exceptions_total"), 1);
  EXPECT_EQ(client.Get("/").body, "hello");
}

TEST_F(HttpExchange, HeaderValuesCannotBeginANewLine) {
  On("/inject", [](Request) -> Awaitable<Response> {
    Response response = Text("x");
    response.headers.Add("Location", "/a\r\nSet-Cookie: b=c");
    response.headers.Add("Bad\r\nName", "x");
    response.headers.Add("Content-Length", "100");
    co_return response;
  });
  StartServer();
  const auto answer = Connect().Get("/inject");
  EXPECT_EQ(answer.Get("Location"), "/a  Set-Cookie: b=c");
  EXPECT_FALSE(answer.headers.Has("Set-Cookie"));
  EXPECT_EQ(answer.Get("Content-Length"), "1");
  EXPECT_THAT(answer.raw, Not(HasSubstr("Bad")));
}

TEST_F(HttpExchange, CountsRequestsByMethodAndStatus) {
  StartServer();
  auto client = Connect();
  client.Get("/");
  client.Get("/missing");
  EXPECT_EQ(Metric(R"(freshet_http_requests_total{method="GET",status="2xx"})"), 1);
  EXPECT_EQ(Metric(R"(freshet_http_requests_total{method="GET",status="4xx"})"), 1);
  EXPECT_EQ(Metric("freshet_http_request_seconds_count"), 2);
}

TEST_F(HttpExchange, EachRequestLeavesALineInTheLog) {
  options_.access_log = AccessLog::kInfo;
  logger_.Configure({.level = LogLevel::kInfo, .format = LogFormat::kJson});
  StartServer();
  ::testing::internal::CaptureStderr();
  Connect().Request("POST", "/echo?secret",
                    "X-Request-Id: abc\r\nTraceparent: "
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
                    "body");
  StopServer();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::ContainsRegex(R"("method":"POST","path":"/echo","status":200,"bytes":22,)"
                                       R"("ms":[0-9.e-]+,"remote":"127.0.0.1","request":"abc",)"
                                       R"("trace":"0af7651916cd43dd8448eb211c80319c")"));
}

TEST_F(HttpExchange, TheLogIsSilentUnlessAskedFor) {
  logger_.Configure({.level = LogLevel::kInfo, .format = LogFormat::kJson});
  StartServer();
  ::testing::internal::CaptureStderr();
  Connect().Get("/");
  StopServer();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(HttpExchange, ConnectionsAreDealtOutEvenly) {
  std::mutex mutex;
  std::map<std::thread::id, int> threads;
  On("/thread", [&](Request) -> Awaitable<Response> {
    const std::scoped_lock lock(mutex);
    ++threads[std::this_thread::get_id()];
    co_return Text("x");
  });
  StartServer();
  for (int i = 0; i < 8; ++i) EXPECT_EQ(Connect().Get("/thread").status, 200);
  EXPECT_EQ(threads.size(), 2u);
  for (const auto& [thread, count] : threads) EXPECT_EQ(count, 4);
}

}  // namespace
}  // namespace freshet::net
