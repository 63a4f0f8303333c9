// GET of a small body over loopback: one request at a time, and pipelined.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "net/http/server.h"

namespace freshet::net {
namespace {

class Greeting final : public HttpService {
 public:
  RequestPolicy Policy(Method, std::string_view) override { return {.body_limit = 65'536}; }
  Awaitable<Response> Handle(Request) override {
    Response response;
    response.headers.Add("Content-Type", "application/json");
    response.body = body_;
    co_return response;
  }
  Response Refuse(int status, std::string_view, std::string_view) override {
    return {.status = status, .headers = {}, .body = {}};
  }

 private:
  const std::shared_ptr<const std::string> body_ =
      std::make_shared<const std::string>(R"({"greeting":"hello","to":"everybody who is here"})");
};

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(const std::string& bytes) {
    if (::send(socket_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("cannot send");
  }
  std::size_t Receive(std::size_t least) {
    std::size_t total = 0;
    while (total < least) {
      const ssize_t count = ::recv(socket_, buffer_, sizeof buffer_, 0);
      if (count <= 0) throw std::runtime_error("the connection ended");
      total += static_cast<std::size_t>(count);
    }
    return total;
  }

 private:
  const int socket_;
  char buffer_[65'536];
};

struct Fixture {
  IoThreads io{1};
  SystemClock clock;
  Logger logger{LogOptions{}};
  Metrics metrics;
  Greeting service;
  HttpServer server{
      HttpServerOptions{.listen = "127.0.0.1:0"}, service, io, clock, logger, metrics};

  Fixture() {
    if (!server.Start()) throw std::runtime_error("cannot start");
  }
  ~Fixture() { RunBlocking(server.Drain(Deadline::After(clock, Duration(1'000)))); }
};

const std::string kRequest =
    "GET /v1/greeting HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: bench\r\n\r\n";

// Argument: how many requests are sent together.
void GetKeepAlive(benchmark::State& state) {
  Fixture fixture;
  Client client(fixture.server.bound_port());
  client.Send(kRequest);
  const std::size_t answer = client.Receive(1);
  std::string batch;
  for (std::int64_t i = 0; i < state.range(0); ++i) batch += kRequest;
  for (auto _ : state) {
    client.Send(batch);
    client.Receive(answer * static_cast<std::size_t>(state.range(0)));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(GetKeepAlive)->ArgName("pipelined")->Arg(1)->Arg(16)->UseRealTime();

}  // namespace
}  // namespace freshet::net
