// The kinds of answers, and what the server adds to them.
#include <fmt/format.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "net/http/cors.h"
#include "net/http/sse.h"
#include "net/http/testing/server_fixture.h"

namespace freshet::net {
namespace {

using testing::Gate;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string Unpacked(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string text(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? text : "not gzip";
}

class HttpBodies : public testing::ServerTest {
 protected:
  // A stream of these pieces.
  static Handler Streams(std::vector<std::string> pieces, std::string type = "text/plain") {
    return [pieces, type](Request) -> Awaitable<Response> {
      Response response;
      response.headers.Add("Content-Type", type);
      response.body = StreamBody([pieces](BodyWriter& writer) -> Awaitable<Result<>> {
        for (const auto& piece : pieces) CO_RETURN_IF_ERROR(co_await writer.Write(piece));
        co_return Result<>();
      });
      co_return response;
    };
  }
  std::string WriteFile(const std::string& content) {
    const auto path =
        std::filesystem::path(::testing::TempDir()) / fmt::format("http_bodies_{}", ::getpid());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
};

const std::string kLongText = [] {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += fmt::format("line {} of a text that repeats itself\n", i);
  return text;
}();

TEST_F(HttpBodies, SharedTextIsSentAsItIs) {
  const auto body = std::make_shared<const std::string>(kLongText);
  On("/", [body](Request) -> Awaitable<Response> {
    Response response;
    response.body = body;
    co_return response;
  });
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Get("/").body, kLongText);
  EXPECT_EQ(client.Get("/").body, kLongText);
  StopServer();
  EXPECT_EQ(body.use_count(), 2) << "ours and the handler's";
}

TEST_F(HttpBodies, AStreamIsSentInChunks) {
  On("/", Streams({"one ", "", "two ", kLongText}));
  StartServer();
  auto client = Connect();
  const auto answer = client.Get("/");
  EXPECT_EQ(answer.Get("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.body, "one two " + kLongText);
  EXPECT_EQ(client.Get("/").status, 200) << "the connection goes on";
}

TEST_F(HttpBodies, AStreamToHttp10EndsWithTheConnection) {
  On("/", Streams({"one ", "two"}));
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = client.Receive();
  EXPECT_FALSE(answer.headers.Has("Transfer-Encoding"));
  EXPECT_EQ(answer.body, "one two");
}

TEST_F(HttpBodies, EachPieceOfAStreamArrivesAtOnce) {
  Gate gate;
  On("/", [&gate](Request) -> Awaitable<Response> {
    Response response;
    response.body = StreamBody([&gate](BodyWriter& writer) -> Awaitable<Result<>> {
      CO_RETURN_IF_ERROR(co_await writer.Write("first"));
      co_await gate.Wait();
      co_return co_await writer.Write("second");
    });
    co_return response;
  });
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  gate.AwaitWaiting(1);
  while (client.Pending() == 0) continue;
  gate.Open();
  EXPECT_EQ(client.Receive().body, "firstsecond");
}

TEST_F(HttpBodies, AStreamThatFailsIsSeenToBeIncomplete) {
  On("/", [](Request) -> Awaitable<Response> {
    Response response;
    response.body = StreamBody([](BodyWriter& writer) -> Awaitable<Result<>> {
      CO_RETURN_IF_ERROR(co_await writer.Write("half"));
      co_return Unavailable("the database is gone");
    });
    co_return response;
  });
  StartServer();
  EXPECT_EQ(Connect().Get("/").status, 0);
}

TEST_F(HttpBodies, AHeadOfAStreamDoesNotRunIt) {
  On("/", [](Request) -> Awaitable<Response> {
    Response response;
    response.body = StreamBody([](BodyWriter&) -> Awaitable<Result<>> {
      ADD_FAILURE() << "was run";
      co_return Result<>();
    });
    co_return response;
  });
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Request("HEAD", "/").status, 200);
  EXPECT_EQ(client.Request("HEAD", "/").status, 200);
}

TEST_F(HttpBodies, APartOfAFileIsSent) {
  std::string content(3'000'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i % 251);
  const std::string path = WriteFile(content);
  On("/", [path](Request) -> Awaitable<Response> {
    Response response;
    response.body = FileBody{.path = path, .offset = 7, .length = 2'999'000};
    co_return response;
  });
  StartServer();
  auto client = Connect();
  EXPECT_TRUE(client.Get("/").body == content.substr(7, 2'999'000));
  EXPECT_EQ(client.Request("HEAD", "/").Get("Content-Length"), "2999000");
  EXPECT_EQ(client.Get("/").body.size(), 2'999'000u);
}

TEST_F(HttpBodies, AFileThatIsGoneIsA500AndOneThatShrankIsCut) {
  const std::string path = WriteFile("short");
  On("/gone", [](Request) -> Awaitable<Response> {
    co_return Response{.status = 200, .headers = {}, .body = FileBody{.path = "/no/such/file"}};
  });
  On("/shrunk", [path](Request) -> Awaitable<Response> {
    co_return Response{
        .status = 200, .headers = {}, .body = FileBody{.path = path, .offset = 0, .length = 100}};
  });
  logger_.Configure({.level = LogLevel::kError, .format = LogFormat::kText});
  StartServer();
  EXPECT_EQ(Connect().Get("/gone").status, 500);
  EXPECT_EQ(Connect().Get("/shrunk").status, 0);
}

TEST_F(HttpBodies, TextIsCompressedForThoseWhoTakeIt) {
  On("/", Says(kLongText, "application/json; charset=utf-8"));
  StartServer();
  auto client = Connect();
  for (const char* accepted : {"gzip", "br;q=1, GZIP;q=0.5, identity;q=0.1", "*"}) {
    const auto answer = client.Get("/", fmt::format("Accept-Encoding: {}\r\n", accepted));
    EXPECT_EQ(answer.Get("Content-Encoding"), "gzip") << accepted;
    EXPECT_LT(answer.body.size(), kLongText.size() / 2);
    EXPECT_EQ(Unpacked(answer.body), kLongText);
    EXPECT_EQ(answer.Get("Vary"), "Accept-Encoding");
  }
  for (const char* refused :
       {"identity", "gzip;q=0", "br", "gzip;q=0.1, identity;q=0.5", "*;q=0"}) {
    const auto answer = client.Get("/", fmt::format("Accept-Encoding: {}\r\n", refused));
    EXPECT_EQ(answer.body, kLongText) << refused;
    EXPECT_EQ(answer.Get("Vary"), "Accept-Encoding");
  }
}

TEST_F(HttpBodies, SomeAnswersAreNeverCompressed) {
  On("/tiny", Says("tiny"));
  On("/image", Says(kLongText, "image/jpeg"));
  for (const auto& [path, name, value] :
       {std::tuple{"/encoded", "Content-Encoding", "br"},
        std::tuple{"/kept", "Cache-Control", "public, no-transform"}}) {
    On(path, [name, value](Request) -> Awaitable<Response> {
      Response response = Text(kLongText);
      response.headers.Add(name, value);
      co_return response;
    });
  }
  On("/part", [](Request) -> Awaitable<Response> {
    Response response = Text(kLongText);
    response.status = 206;
    co_return response;
  });
  StartServer();
  auto client = Connect();
  for (const char* path : {"/tiny", "/image", "/encoded", "/kept", "/part"})
    EXPECT_NE(client.Get(path, "Accept-Encoding: gzip\r\n").Get("Content-Encoding"), "gzip")
        << path;
}

TEST_F(HttpBodies, CompressionMakesAStrongEntityTagWeak) {
  On("/", [](Request) -> Awaitable<Response> {
    Response response = Text(kLongText);
    response.headers.Add("ETag", "\"v1\"");
    co_return response;
  });
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Get("/", "Accept-Encoding: gzip\r\n").Get("ETag"), "W/\"v1\"");
  EXPECT_EQ(client.Get("/").Get("ETag"), "\"v1\"");
}

TEST_F(HttpBodies, AStreamIsCompressedPieceByPiece) {
  On("/", Streams({kLongText, "middle", kLongText}));
  On("/events", Streams({kLongText}, "text/event-stream"));
  StartServer();
  auto client = Connect();
  const auto answer = client.Get("/", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(answer.Get("Content-Encoding"), "gzip");
  EXPECT_EQ(Unpacked(answer.body), kLongText + "middle" + kLongText);
  EXPECT_FALSE(client.Get("/events", "Accept-Encoding: gzip\r\n").headers.Has("Content-Encoding"));
}

TEST_F(HttpBodies, EventsAreFormattedAsTheStandardSays) {
  EXPECT_EQ(
      FormatEvent({.id = "7", .event = "po\nst", .data = "a\nb\r\nc\rd", .retry = Duration(50)}),
      "retry: 50\nid: 7\nevent: po st\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(FormatEvent({.id = {}, .event = {}, .data = {}, .retry = {}}), "data: \n\n");
  On("/", [](Request) -> Awaitable<Response> {
    co_return EventStreamResponse([](EventStream& events) -> Awaitable<Result<>> {
      CO_RETURN_IF_ERROR(co_await events.Heartbeat());
      co_return co_await events.Send({.id = "1", .event = {}, .data = "x", .retry = {}});
    });
  });
  StartServer();
  const auto answer = Connect().Get("/");
  EXPECT_EQ(answer.Get("Content-Type"), "text/event-stream");
  EXPECT_EQ(answer.body, ":\n\nid: 1\ndata: x\n\n");
}

TEST_F(HttpBodies, ASaneRequestIdIsKeptAndAnotherReplaced) {
  On("/", Says("x"));
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Get("/", "X-Request-Id: abc-1_2.3\r\n").Get("X-Request-Id"), "abc-1_2.3");
  for (const std::string& id : {std::string("a b"), std::string("<b>"), std::string(65, 'x')}) {
    const auto answer = client.Get("/", fmt::format("X-Request-Id: {}\r\n", id));
    EXPECT_THAT(answer.Get("X-Request-Id"), MatchesRegex("[0-9a-f]{15}"));
  }
  EXPECT_NE(client.Get("/").Get("X-Request-Id"), client.Get("/").Get("X-Request-Id"));
  EXPECT_EQ(Seen()[0].request_id, "abc-1_2.3");
}

TEST_F(HttpBodies, TheClientBehindATrustedProxyIsKnown) {
  options_.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"};
  On("/", Says("x"));
  StartServer();
  Connect().Get("/",
                "X-Forwarded-For: 9.9.9.9, 203.0.113.7, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n"
                "Forwarded: for=6.6.6.6\r\n");
  EXPECT_EQ(Seen()[0].remote_address, "203.0.113.7");
  EXPECT_TRUE(Seen()[0].secure);
}

TEST_F(HttpBodies, NobodyElseIsBelieved) {
  options_.trusted_proxies = {"10.0.0.0/8"};
  On("/", Says("x"));
  StartServer();
  Connect().Get("/", "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n");
  EXPECT_EQ(Seen()[0].remote_address, "127.0.0.1");
  EXPECT_FALSE(Seen()[0].secure);
}

TEST_F(HttpBodies, PagesOfListedOriginsMayRead) {
  options_.cors_origins = {"https://app.example"};
  On("/", Says("x"));
  StartServer();
  auto client = Connect();
  const auto allowed = client.Get("/", "Origin: https://app.example\r\n");
  EXPECT_EQ(allowed.Get("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(allowed.Get("Access-Control-Expose-Headers"), kExposedHeaders);
  EXPECT_EQ(allowed.Get("Vary"), "Origin");
  const auto other = client.Get("/", "Origin: https://evil.example\r\n");
  EXPECT_FALSE(other.headers.Has("Access-Control-Allow-Origin"));
  EXPECT_EQ(other.Get("Vary"), "Origin");
}

TEST_F(HttpBodies, PreflightsAreAnsweredByTheServer) {
  options_.cors_origins = {"*"};
  On("/", Says("x"));
  StartServer();
  auto client = Connect();
  const auto answer = client.Request("OPTIONS", "/",
                                     "Origin: https://a.example\r\n"
                                     "Access-Control-Request-Method: PUT\r\n"
                                     "Access-Control-Request-Headers: authorization\r\n");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(answer.Get("Access-Control-Allow-Methods"), HasSubstr("PUT"));
  EXPECT_EQ(answer.Get("Access-Control-Allow-Headers"), "authorization");
  EXPECT_TRUE(Seen().empty());
  EXPECT_EQ(client.Request("OPTIONS", "/").body, "x") << "no preflight";
}

TEST_F(HttpBodies, WithoutOriginsNothingIsSaidAboutThem) {
  On("/", Says("x"));
  StartServer();
  auto client = Connect();
  const auto answer = client.Get("/", "Origin: https://app.example\r\n");
  EXPECT_FALSE(answer.headers.Has("Access-Control-Allow-Origin"));
  EXPECT_FALSE(answer.headers.Has("Vary"));
  EXPECT_EQ(
      client.Request("OPTIONS", "/", "Origin: o\r\nAccess-Control-Request-Method: PUT\r\n").body,
      "x");
}

}  // namespace
}  // namespace freshet::net
