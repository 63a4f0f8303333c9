#include "net/client/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <map>

#include "base/io_threads.h"
#include "net/client/testing/loopback_server.h"

namespace freshet::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Gzip(std::string_view text) {
  std::string packed(text.size() / 2 + 1'000, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string CodeOf(const Result<ClientResponse>& outcome) {
  return outcome ? "none" : outcome.error().code();
}

class HttpClientTest : public testing::Test {
 protected:
  void TearDown() override { client_.reset(); }

  // What the server answers to a path; 404 otherwise. Set before the first request.
  void On(const std::string& path, std::string response) { answers_[path] = std::move(response); }
  void OnSilence(const std::string& path) { answers_[path] = std::nullopt; }
  void RedirectTo(const std::string& path, const std::string& target, int status = 302) {
    On(path, LoopbackResponse(status, "moved", {{"Location", target}}));
  }

  HttpClient& Client() {
    if (!client_) {
      client_ = std::make_unique<HttpClient>(options_, clock_, logger_, metrics_, filter_);
    }
    return *client_;
  }
  Result<ClientResponse> Send(ClientRequest request, Duration within = Duration(20'000)) {
    return RunBlocking(Client().Send(std::move(request), Deadline::After(clock_, within)));
  }
  Result<ClientResponse> Get(const std::string& path) { return Send({.url = server_.Url(path)}); }

  // Sends `count` requests at the same time and returns how each ended.
  std::vector<Result<ClientResponse>> SendTogether(int count, const ClientRequest& request) {
    std::vector<Result<ClientResponse>> outcomes;
    boost::asio::io_context context(1);
    for (int i = 0; i < count; ++i) {
      boost::asio::co_spawn(context.get_executor(), Gather(request, outcomes),
                            boost::asio::detached);
    }
    context.run();
    return outcomes;
  }
  Awaitable<void> Gather(ClientRequest request, std::vector<Result<ClientResponse>>& outcomes) {
    outcomes.push_back(
        co_await Client().Send(std::move(request), Deadline::After(clock_, Duration(20'000))));
  }

  std::map<std::string, std::optional<std::string>> answers_;
  LoopbackServer server_{[this](const LoopbackRequest& request) -> std::optional<std::string> {
    const auto found = answers_.find(request.target);
    return found == answers_.end() ? LoopbackResponse(404, "nothing here") : found->second;
  }};
  SystemClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  Metrics metrics_;
  HttpClientOptions options_;
  AddressFilter filter_ = IsPublicAddress;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, AResponseArrivesWholeWhateverItsStatus) {
  On("/", LoopbackResponse(200, "hello", {{"X-Name", " spaced "}, {"x-name", "twice"}}));
  const auto found = Get("/").value();
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, "hello");
  EXPECT_EQ(found.url, server_.Url("/"));
  EXPECT_EQ(found.headers.Get("x-NAME"), "spaced");
  EXPECT_EQ(std::ranges::distance(found.headers), 3);  // the second X-Name and Content-Length too
  EXPECT_EQ(Get("/missing").value().status, 404);
}

TEST_F(HttpClientTest, ABodyMayBeReadPieceByPiece) {
  const std::string text(1 << 20, 'x');
  On("/", LoopbackResponse(200, text));
  On("/broken", LoopbackResponse(503, "why"));
  std::string read;
  bool goes_on = true;
  const auto on_body = [&](std::string_view piece) {
    read += piece;
    return goes_on;
  };
  const auto whole = Send({.url = server_.Url("/"), .on_body = on_body}).value();
  EXPECT_EQ(read, text);
  EXPECT_EQ(whole.body, "");
  read.clear();
  EXPECT_EQ(Send({.url = server_.Url("/broken"), .on_body = on_body}).value().body, "why");
  EXPECT_EQ(read, "") << "an error is told, not kept for what was asked for";
  EXPECT_EQ(
      CodeOf(Send({.url = server_.Url("/"), .max_response_bytes = 1 << 19, .on_body = on_body})),
      "response_too_large");
  goes_on = false;
  EXPECT_EQ(CodeOf(Send({.url = server_.Url("/"), .on_body = on_body})), "transfer_failed");
}

TEST_F(HttpClientTest, EveryMethodIsSentAsItIsCalled) {
  const std::map<Method, std::string> names{
      {Method::kGet, "GET"},        {Method::kHead, "HEAD"},   {Method::kPost, "POST"},
      {Method::kPut, "PUT"},        {Method::kPatch, "PATCH"}, {Method::kDelete, "DELETE"},
      {Method::kOptions, "OPTIONS"}};
  for (const auto& [method, name] : names) {
    EXPECT_TRUE(Send({.method = method, .url = server_.Url("/")})) << name;
    EXPECT_EQ(server_.requests().back().method, name);
  }
}

TEST_F(HttpClientTest, HeadersAndBodyArriveAsGiven) {
  ClientRequest request{.method = Method::kPost, .url = server_.Url("/in"), .body = "{\"a\":1}"};
  request.body += '\0';
  request.headers.Add("Content-Type", "application/json");
  request.headers.Add("X-Empty", "");
  EXPECT_TRUE(Send(request));
  const auto received = server_.requests().back();
  EXPECT_EQ(received.body, request.body);
  EXPECT_THAT(received.head, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(received.head, HasSubstr("X-Empty:\r\n"));
  EXPECT_THAT(received.head, HasSubstr("User-Agent: freshet\r\n"));
}

TEST_F(HttpClientTest, NothingIsAddedThatWasNotAskedFor) {
  EXPECT_TRUE(
      Send({.method = Method::kPost, .url = server_.Url("/"), .body = "x", .decompress = false}));
  const auto head = server_.requests().back().head;
  EXPECT_THAT(head, Not(HasSubstr("Content-Type")));
  EXPECT_THAT(head, Not(HasSubstr("Expect")));
  EXPECT_THAT(head, Not(HasSubstr("Accept-Encoding")));
}

TEST_F(HttpClientTest, AHeaderCannotSmuggleALine) {
  ClientRequest request{.url = server_.Url("/")};
  request.headers.Add("X-Name", "a\r\nX-Other: b");
  EXPECT_EQ(CodeOf(Send(request)), "invalid_header");
  ClientRequest other{.url = server_.Url("/")};
  other.headers.Add("X Name", "a");
  EXPECT_EQ(CodeOf(Send(other)), "invalid_header");
}

TEST_F(HttpClientTest, OnlyHttpAndHttpsUrlsAreCalled) {
  EXPECT_EQ(CodeOf(Send({.url = "file:///etc/passwd"})), "scheme_refused");
  EXPECT_EQ(CodeOf(Send({.url = "gopher://127.0.0.1/"})), "scheme_refused");
  EXPECT_EQ(CodeOf(Send({.url = "/relative"})), "invalid_url");
  EXPECT_EQ(CodeOf(Send({.url = "http://"})), "invalid_url");
  EXPECT_EQ(CodeOf(Send({.url = "http://a b/"})), "invalid_url");
}

TEST_F(HttpClientTest, ConnectionsAreReused) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Get("/"));
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(HttpClientTest, RequestsBeyondAHostsConnectionsWaitTheirTurn) {
  options_.max_connections_per_host = 2;
  On("/", LoopbackResponse(200, "ok"));
  const auto outcomes = SendTogether(20, {.url = server_.Url("/")});
  ASSERT_EQ(outcomes.size(), 20);
  for (const auto& outcome : outcomes) EXPECT_EQ(CodeOf(outcome), "none");
  EXPECT_LE(server_.connections(), 2);
}

TEST_F(HttpClientTest, RequestsBeyondTheBoundAreRefused) {
  options_.max_requests = 1;
  OnSilence("/");
  options_.request_timeout = Duration(200);
  const auto outcomes = SendTogether(2, {.url = server_.Url("/")});
  EXPECT_EQ(CodeOf(outcomes.at(0)), "client_busy");
  EXPECT_TRUE(outcomes.at(0).error().retry_after());
  EXPECT_EQ(CodeOf(outcomes.at(1)), "deadline");
}

TEST_F(HttpClientTest, ASilentServerIsLeftAtTheDeadline) {
  OnSilence("/");
  EXPECT_EQ(Send({.url = server_.Url("/")}, Duration(50)).error().kind(), ErrorKind::kDeadline);
}

TEST_F(HttpClientTest, NothingIsSentAfterTheDeadline) {
  EXPECT_EQ(Send({.url = server_.Url("/")}, Duration(0)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(server_.connections(), 0);
}

TEST_F(HttpClientTest, ARefusedConnectionIsUnavailable) {
  std::string url;
  {
    LoopbackServer gone([](const LoopbackRequest&) { return std::nullopt; });
    url = gone.Url("/");
  }
  const auto outcome = Send({.url = url});
  EXPECT_EQ(CodeOf(outcome), "connect_failed");
  EXPECT_TRUE(outcome.error().retryable());
}

TEST_F(HttpClientTest, AResponseThatBreaksOffIsUnavailable) {
  On("/", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nonly this");
  EXPECT_EQ(CodeOf(Get("/")), "transfer_failed");
}

TEST_F(HttpClientTest, ABodyOverTheLimitIsRefusedAnnouncedOrNot) {
  On("/announced", LoopbackResponse(200, std::string(101, 'x')));
  On("/exact", LoopbackResponse(200, std::string(100, 'x')));
  On("/streamed", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(101, 'x'));
  for (const char* path : {"/announced", "/streamed"}) {
    const auto outcome = Send({.url = server_.Url(path), .max_response_bytes = 100});
    EXPECT_EQ(CodeOf(outcome), "response_too_large") << path;
    EXPECT_EQ(outcome.error().kind(), ErrorKind::kExhausted);
  }
  EXPECT_TRUE(Send({.url = server_.Url("/exact"), .max_response_bytes = 100}));
}

TEST_F(HttpClientTest, AHeadOverTheLimitIsRefused) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 100; ++i) head += fmt::format("X-{}: {}\r\n", i, std::string(1'000, 'x'));
  On("/", head + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(CodeOf(Get("/")), "response_too_large");
}

TEST_F(HttpClientTest, CompressionIsUndone) {
  On("/", LoopbackResponse(200, Gzip("the text"), {{"Content-Encoding", "gzip"}}));
  EXPECT_EQ(Get("/").value().body, "the text");
  EXPECT_THAT(server_.requests().back().head, HasSubstr("gzip"));
}

TEST_F(HttpClientTest, ACompressionBombIsRefused) {
  const std::string bomb = Gzip(std::string(1 << 20, 'x'));
  ASSERT_LT(bomb.size(), 10'000);
  On("/", LoopbackResponse(200, bomb, {{"Content-Encoding", "gzip"}}));
  EXPECT_EQ(CodeOf(Send({.url = server_.Url("/"), .max_response_bytes = 100'000})),
            "response_too_large");
}

TEST_F(HttpClientTest, RedirectsAreFollowedWhenAskedFor) {
  RedirectTo("/1", "/2");
  RedirectTo("/2", server_.Url("/3"), 301);
  On("/3", LoopbackResponse(200, "here"));
  EXPECT_EQ(Get("/1").value().status, 302);
  const auto arrived = Send({.url = server_.Url("/1"), .follow_redirects = 2}).value();
  EXPECT_EQ(arrived.body, "here");
  EXPECT_EQ(arrived.url, server_.Url("/3"));
  EXPECT_EQ(arrived.redirects, 2);
  EXPECT_FALSE(arrived.moved_permanently);
  EXPECT_TRUE(Send({.url = server_.Url("/2"), .follow_redirects = 2}).value().moved_permanently);
  EXPECT_EQ(CodeOf(Send({.url = server_.Url("/1"), .follow_redirects = 1})), "too_many_redirects");
}

TEST_F(HttpClientTest, ARedirectDoesNotLeadToAnotherScheme) {
  RedirectTo("/", "file:///etc/passwd");
  EXPECT_EQ(CodeOf(Send({.url = server_.Url("/"), .follow_redirects = 3})), "scheme_refused");
}

TEST_F(HttpClientTest, APostIsNeverRepeatedByARedirect) {
  RedirectTo("/", "/2", 307);
  const auto response =
      Send({.method = Method::kPost, .url = server_.Url("/"), .body = "x", .follow_redirects = 3});
  EXPECT_EQ(response.value().status, 307);
  EXPECT_EQ(server_.requests().size(), 1);
}

TEST_F(HttpClientTest, CredentialsDoNotFollowARedirectToAnotherHost) {
  LoopbackServer other([](const LoopbackRequest&) { return LoopbackResponse(200, "other"); });
  RedirectTo("/", fmt::format("http://localhost:{}/", other.port()));
  ClientRequest request{.url = server_.Url("/"), .follow_redirects = 1};
  request.headers.Add("Authorization", "Bearer secret");
  EXPECT_EQ(Send(request).value().body, "other");
  EXPECT_THAT(server_.requests().back().head, HasSubstr("Bearer secret"));
  EXPECT_THAT(other.requests().back().head, Not(HasSubstr("secret")));
}

TEST_F(HttpClientTest, StrangersUrlsDoNotReachThisMachine) {
  for (const std::string host : {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]",
                                 "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    const auto outcome = Send(
        {.url = fmt::format("http://{}:{}/", host, server_.port()), .public_addresses_only = true});
    EXPECT_EQ(CodeOf(outcome), "address_not_public") << host;
    EXPECT_FALSE(outcome.error().retryable());
  }
  EXPECT_EQ(server_.connections(), 0);
}

TEST_F(HttpClientTest, NeitherDoTheirRedirects) {
  const auto inner = boost::asio::ip::make_address("127.0.0.2");
  filter_ = [inner](const boost::asio::ip::address& address) { return address != inner; };
  RedirectTo("/", fmt::format("http://127.0.0.2:{}/", server_.port()));
  EXPECT_EQ(
      CodeOf(Send({.url = server_.Url("/"), .follow_redirects = 1, .public_addresses_only = true})),
      "address_not_public");
  EXPECT_EQ(server_.requests().size(), 1);
}

TEST_F(HttpClientTest, NorAConnectionThatAnotherRequestLeftOpen) {
  EXPECT_TRUE(Get("/"));
  EXPECT_EQ(CodeOf(Send({.url = server_.Url("/secret"), .public_addresses_only = true})),
            "address_not_public");
  EXPECT_EQ(server_.requests().size(), 1);
}

TEST_F(HttpClientTest, AnOriginThatKeepsFailingIsLeftAlone) {
  options_.breaker.minimum_calls = 3;
  On("/broken", LoopbackResponse(503, "no"));
  On("/refused", LoopbackResponse(404, "no"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Get("/broken").value().status, 503);
  EXPECT_EQ(Get("/refused").value().status, 404);
  const auto outcome = Get("/refused");
  EXPECT_EQ(CodeOf(outcome), "circuit_open");
  EXPECT_TRUE(outcome.error().retry_after());
  EXPECT_EQ(server_.requests().size(), 3);

  LoopbackServer healthy([](const LoopbackRequest&) { return LoopbackResponse(200, "ok"); });
  EXPECT_TRUE(Send({.url = healthy.Url("/")}));
}

TEST_F(HttpClientTest, OutcomesAreCounted) {
  On("/", LoopbackResponse(200, "ok"));
  EXPECT_TRUE(Get("/"));
  EXPECT_TRUE(Get("/missing"));
  EXPECT_FALSE(Send({.url = "ftp://example.com/"}));
  const auto rendered = metrics_.Render();
  for (const char* line :
       {"freshet_http_client_requests_total{outcome=\"2xx\"} 1",
        "freshet_http_client_requests_total{outcome=\"4xx\"} 1",
        "freshet_http_client_requests_total{outcome=\"invalid\"} 1",
        "freshet_http_client_request_seconds_count 3", "freshet_http_client_in_flight 0"}) {
    EXPECT_THAT(rendered, HasSubstr(line));
  }
}

TEST_F(HttpClientTest, DestructionEndsWhatIsUnderWay) {
  OnSilence("/");
  Client();
  IoThreads io(1);
  std::promise<Result<ClientResponse>> ended;
  boost::asio::co_spawn(
      io.At(0), client_->Send({.url = server_.Url("/")}, Deadline::After(clock_, Duration(60'000))),
      [&](std::exception_ptr, Result<ClientResponse> outcome) {
        ended.set_value(std::move(outcome));
      });
  while (server_.requests().empty()) std::this_thread::yield();
  client_.reset();
  EXPECT_EQ(ended.get_future().get().error().kind(), ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace freshet::net
