// Starting, draining, reconfiguring; clients that leave; TLS.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <future>

#include "net/http/testing/server_fixture.h"

namespace freshet::net {
namespace {

using testing::Gate;
using ::testing::HasSubstr;
using testing::RawClient;

constexpr std::chrono::hours kForever{1};
constexpr int kMoreThanIsReadAhead = 1'000;  // requests

std::string Requests(int count) {
  std::string requests;
  for (int i = 0; i < count; ++i) requests += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  return requests;
}

// A self-signed certificate in two files.
struct Certificate {
  std::string certificate, key;

  explicit Certificate(const std::string& name) {
    const auto folder =
        std::filesystem::path(::testing::TempDir()) / fmt::format("http_tls_{}", ::getpid());
    std::filesystem::create_directories(folder);
    certificate = folder / (name + ".crt");
    key = folder / (name + ".key");
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86'400);
    X509_set_pubkey(x509, pair);
    X509_NAME* subject = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_sign(x509, pair, EVP_sha256());
    FILE* file = std::fopen(certificate.c_str(), "wb");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(key.c_str(), "wb");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }
};

class HttpLifecycle : public testing::ServerTest {
 protected:
  void SetUp() override {
    On("/", Says("hello"));
    On("/slow", [this](Request) -> Awaitable<Response> {
      co_await gate_.Wait();
      co_return Text("slow");
    });
  }
  std::future<void> Drain(Duration patience) {
    return std::async(std::launch::async, [this, patience] {
      RunBlocking(server_->Drain(Deadline::After(clock_, patience)));
    });
  }
  // What a second server says that is started with these options.
  std::string StartFailure(HttpServerOptions options) {
    class Nothing final : public HttpService {
      RequestPolicy Policy(Method, std::string_view) override { return {}; }
      Awaitable<Response> Handle(Request) override { co_return Response{}; }
      Response Refuse(int, std::string_view, std::string_view) override { return {}; }
    } service;
    Metrics metrics;
    HttpServer other(std::move(options), service, *io_, clock_, logger_, metrics);
    const auto started = other.Start();
    return started ? "started" : started.error().message();
  }
  void UseTls(const Certificate& certificate) {
    options_.tls_certificate = certificate.certificate;
    options_.tls_key = certificate.key;
  }

  Gate gate_;
};

TEST_F(HttpLifecycle, AnAddressInUseIsNamed) {
  StartServer();
  HttpServerOptions options;
  options.listen = fmt::format("127.0.0.1:{}", server_->bound_port());
  EXPECT_THAT(StartFailure(options), HasSubstr("in use"));
}

TEST_F(HttpLifecycle, WrongOptionsAreNamed) {
  StartServer();
  HttpServerOptions options;
  options.listen = "nonsense";
  EXPECT_THAT(StartFailure(options), HasSubstr("http.listen"));
  options.listen = "192.0.2.1:1";
  EXPECT_THAT(StartFailure(options), HasSubstr("address of this machine"));
  options.listen = "127.0.0.1:0";
  options.trusted_proxies = {"10.0.0.0/33"};
  EXPECT_THAT(StartFailure(options), HasSubstr("10.0.0.0/33"));
  options.trusted_proxies = {};
  options.tls_certificate = "/no/such/file";
  EXPECT_THAT(StartFailure(options), HasSubstr("must be set together"));
  options.tls_key = "/no/such/file";
  EXPECT_THAT(StartFailure(options), HasSubstr("/no/such/file"));
}

TEST_F(HttpLifecycle, DrainingClosesIdleConnectionsAtOnce) {
  StartServer();
  auto client = Connect(), silent = Connect();
  client.Get("/");
  AwaitMetric("freshet_http_connections", 2);
  auto drained = Drain(Duration(60'000));
  EXPECT_TRUE(client.IsClosed());
  EXPECT_TRUE(silent.IsClosed());
  drained.get();
  EXPECT_THROW(Connect(), std::runtime_error);
}

TEST_F(HttpLifecycle, DrainingLetsRequestsFinish) {
  StartServer();
  auto client = Connect();
  client.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  gate_.AwaitWaiting(1);
  auto idle = Connect();
  idle.Get("/");
  auto drained = Drain(Duration(60'000));
  EXPECT_TRUE(idle.IsClosed());
  gate_.Open();
  const auto answer = client.Receive();
  EXPECT_EQ(answer.body, "slow");
  EXPECT_EQ(answer.Get("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
  client.FinishSending();
  drained.get();
}

TEST_F(HttpLifecycle, DrainingCutsAtTheDeadline) {
  StartServer();
  auto client = Connect();
  client.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  gate_.AwaitWaiting(1);
  Drain(Duration(20)).get();
  EXPECT_TRUE(client.IsClosed());
  server_.reset();
  gate_.Open();  // the handler goes on to its end without the server
  AwaitMetric("freshet_http_connections", 0);
}

TEST_F(HttpLifecycle, DrainingClosesWebSocketsAsGoingAway) {
  OnWebSocket("/ws", [](WebSocket& socket) -> Awaitable<void> {
    while (co_await socket.Receive(Deadline::Never())) continue;
  });
  StartServer();
  auto client = Connect();
  EXPECT_EQ(client.Shake("/ws").status, 101);
  auto drained = Drain(Duration(60'000));
  const auto frame = client.ReceiveFrame();
  EXPECT_EQ(frame.close_code(), 1001);
  client.SendFrame(8, frame.payload.substr(0, 2));
  EXPECT_TRUE(client.IsClosed());
  client.FinishSending();
  drained.get();
}

TEST_F(HttpLifecycle, AServerThatWasNotDrainedCutsEverything) {
  StartServer();
  auto client = Connect();
  client.Get("/");
  server_.reset();
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpLifecycle, NewOptionsHoldForOpenConnections) {
  StartServer();
  auto client = Connect();
  EXPECT_FALSE(client.Get("/", "Origin: https://a\r\n").headers.Has("Access-Control-Allow-Origin"));
  options_.cors_origins = {"https://a"};
  ASSERT_TRUE(server_->Reconfigure(options_));
  EXPECT_TRUE(client.Get("/", "Origin: https://a\r\n").headers.Has("Access-Control-Allow-Origin"));
}

// A stream that waits for its client to finish, tells it so, and waits for it to go.
StreamBody WaitsForTheClient() {
  return [](BodyWriter& writer) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await writer.Write("first"));
    if (co_await Sleep(kForever, writer.finished_sending())) co_return Unavailable("not told");
    CO_RETURN_IF_ERROR(co_await writer.Write("last"));
    co_await Sleep(kForever, writer.gone());
    co_return Result<>();
  };
}

class HttpLeavingClients : public HttpLifecycle, public ::testing::WithParamInterface<bool> {
 protected:
  void Stream(StreamBody body) {
    if (GetParam()) UseTls(Certificate("streams"));
    On("/stream", [body = std::move(body)](Request) -> Awaitable<Response> {
      Response response;
      response.body = body;
      co_return response;
    });
    StartServer();
  }
  // One that has read the beginning of the stream.
  RawClient Reader() {
    auto client = RawClient(server_->bound_port(), GetParam());
    client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.ReceiveUntil("first\r\n"));
    return client;
  }
};

INSTANTIATE_TEST_SUITE_P(, HttpLeavingClients, ::testing::Bool(),
                         [](const auto& each) { return each.param ? "OverTls" : "InTheClear"; });

TEST_P(HttpLeavingClients, AStreamLearnsThatItsClientHasClosed) {
  Stream(WaitsForTheClient());
  {
    const auto client = Reader();
  }
  AwaitMetric("freshet_http_connections", 0);
}

TEST_P(HttpLeavingClients, AStreamThatSaysNothingLearnsThatItsConnectionFailed) {
  Stream([](BodyWriter& writer) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await writer.Write("first"));
    co_await Sleep(kForever, writer.gone());
    co_return Result<>();
  });
  Reader().Reset();
  AwaitMetric("freshet_http_connections", 0);
}

TEST_P(HttpLeavingClients, AStreamLearnsOfAResetBehindUnreadRequests) {
  Stream([](BodyWriter& writer) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await writer.Write("first"));
    co_await Sleep(kForever, writer.gone());
    co_return Result<>();
  });
  auto client = Reader();
  client.Send(Requests(kMoreThanIsReadAhead));
  client.Reset();
  AwaitMetric("freshet_http_connections", 0);
}

TEST_P(HttpLeavingClients, AClientThatOnlyFinishedSendingReadsOn) {
  Stream([](BodyWriter& writer) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await writer.Write("first"));
    if (co_await Sleep(kForever, writer.finished_sending())) co_return Unavailable("not told");
    for (int i = 0; i < 100; ++i) {
      CO_RETURN_IF_ERROR(co_await writer.Write("more"));
      co_await Sleep(std::chrono::milliseconds(0));
    }
    EXPECT_FALSE(writer.gone().stop_requested());
    co_return co_await writer.Write("last");
  });
  auto client = Reader();
  client.Send(Requests(1));
  client.FinishSending();
  EXPECT_TRUE(client.ReceiveUntil("last\r\n0\r\n\r\n"));
  EXPECT_EQ(client.Receive().body, "hello") << "what was asked for before is answered";
  EXPECT_TRUE(client.IsClosed());
}

TEST_P(HttpLeavingClients, AConnectionGoesOnOrEndsAfterAStreamAsItsClientAsks) {
  Stream([](BodyWriter& writer) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await writer.Write("first"));
    co_await Sleep(std::chrono::milliseconds(1));
    co_return Result<>();
  });
  auto client = Reader();
  EXPECT_TRUE(client.ReceiveUntil("0\r\n\r\n"));
  EXPECT_EQ(client.Get("/").body, "hello");
  EXPECT_EQ(client.Get("/stream").body, "first");
  EXPECT_EQ(client.Get("/stream", "Connection: close\r\n").body, "first");
  EXPECT_TRUE(client.IsClosed());
}

TEST_P(HttpLeavingClients, RequestsBehindAStreamAreAnsweredAfterIt) {
  Stream([this](BodyWriter& writer) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await writer.Write("first"));
    co_await gate_.Wait();
    EXPECT_FALSE(writer.finished_sending().stop_requested() || writer.gone().stop_requested());
    co_return Result<>();
  });
  auto client = Reader();
  client.Send(Requests(kMoreThanIsReadAhead));
  gate_.Open();
  EXPECT_TRUE(client.ReceiveUntil("0\r\n\r\n"));
  for (int i = 0; i < kMoreThanIsReadAhead; ++i) ASSERT_EQ(client.Receive().body, "hello") << i;
}

TEST_F(HttpLifecycle, CuttingEndsAStreamThatWaits) {
  Gate ended;
  On("/stream", [&ended](Request) -> Awaitable<Response> {
    Response response;
    response.body = StreamBody([&ended](BodyWriter& writer) -> Awaitable<Result<>> {
      CO_RETURN_IF_ERROR(co_await writer.Write("first"));
      co_await Sleep(kForever, writer.gone());
      ended.Open();
      co_return Result<>();
    });
    co_return response;
  });
  StartServer();
  auto client = Connect();
  client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(client.ReceiveUntil("first\r\n"));
  Drain(Duration(0)).get();
  RunBlocking(ended.Wait());
}

TEST_F(HttpLifecycle, SpeaksTls) {
  UseTls(Certificate("first"));
  const std::string body(3'000'000, 'x');
  On("/long", Says(body));
  On("/echo", Echoes());
  StartServer();
  auto client = ConnectTls();
  EXPECT_EQ(client.Get("/").body, "hello");
  EXPECT_EQ(client.Get("/long").body, body);
  EXPECT_EQ(client.Request("POST", "/echo", {}, std::string(60'000, 'y')).body.size(), 60'012u);
  EXPECT_TRUE(Seen()[0].secure);
  EXPECT_EQ(client.Get("/", "Connection: close\r\n").status, 200);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpLifecycle, SendsFilesAndWebSocketsOverTls) {
  const Certificate certificate("first");
  UseTls(certificate);
  const auto size = std::filesystem::file_size(certificate.certificate);
  On("/file", [&](Request) -> Awaitable<Response> {
    Response response;
    response.body = FileBody{.path = certificate.certificate, .offset = 0, .length = size};
    co_return response;
  });
  OnWebSocket("/ws", [](WebSocket& socket) -> Awaitable<void> {
    while (auto message = co_await socket.Receive(Deadline::Never()))
      co_await socket.Send(std::make_shared<const std::string>(*message + "!"));
  });
  StartServer();
  auto client = ConnectTls();
  EXPECT_THAT(client.Get("/file").body, HasSubstr("END CERTIFICATE"));
  EXPECT_EQ(client.Shake("/ws").status, 101);
  client.SendText("hi");
  EXPECT_EQ(client.ReceiveFrame().payload, "hi!");
}

TEST_F(HttpLifecycle, ANewCertificateHoldsForNewConnections) {
  UseTls(Certificate("first"));
  StartServer();
  auto before = ConnectTls();
  EXPECT_EQ(before.Get("/").status, 200);
  UseTls(Certificate("second"));
  ASSERT_TRUE(server_->Reconfigure(options_));
  auto after = ConnectTls();
  EXPECT_EQ(after.Get("/").status, 200);
  EXPECT_NE(before.CertificateDigest(), after.CertificateDigest());
  EXPECT_EQ(before.Get("/").status, 200) << "stays open";
  options_.tls_key = "/no/such/file";
  EXPECT_FALSE(server_->Reconfigure(options_));
  EXPECT_EQ(ConnectTls().CertificateDigest(), after.CertificateDigest());
}

TEST_F(HttpLifecycle, APlainRequestToTlsIsCut) {
  UseTls(Certificate("first"));
  StartServer();
  auto client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 0);
  AwaitMetric(R"(freshet_http_refused_total{reason="tls"})", 1);
}

}  // namespace
}  // namespace freshet::net
