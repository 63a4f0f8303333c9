#include "net/http/server.h"

#include <fmt/format.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <charconv>
#include <csignal>
#include <optional>
#include <utility>

#include "base/task_group.h"
#include "net/http/connection.h"
#include "net/http/settings.h"
#include "net/http/shard.h"

namespace freshet::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr Duration kAcceptPause{100};  // after an error such as running out of descriptors
constexpr Duration kDrainPoll{5};
constexpr Duration kCutTime{500};  // for cut connections to notice

// "127.0.0.1:8080" or "[::1]:8080".
Result<tcp::endpoint> ParseEndpoint(std::string_view listen) {
  const auto colon = listen.rfind(':');
  std::uint16_t port = 0;
  error_code ec;
  tcp::endpoint endpoint;
  if (colon != std::string_view::npos) {
    std::string_view host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const char* last = listen.data() + listen.size();
    const auto [end, error] = std::from_chars(listen.data() + colon + 1, last, port);
    const auto address = asio::ip::make_address(host, ec);
    if (!ec && error == std::errc() && end == last) return tcp::endpoint(address, port);
  }
  return Invalid(fmt::format(
      "http.listen: \"{}\" is no address and port; write one like \"127.0.0.1:8080\"", listen));
}

Failure ListenFailure(std::string_view listen, error_code ec) {
  if (ec == asio::error::address_in_use)
    return Conflict(
        fmt::format("cannot listen on {}: the address is in use; stop what uses it or "
                    "set http.listen to another port",
                    listen));
  if (ec == asio::error::access_denied)
    return Forbidden(
        fmt::format("cannot listen on {}: no permission; set http.listen to a port "
                    "from 1024 up or grant CAP_NET_BIND_SERVICE",
                    listen));
  return Unavailable(
      fmt::format("cannot listen on {}: {}; set http.listen to an address of this "
                  "machine",
                  listen, ec.message()));
}

// Runs `function` on `executor` and waits for it.
template <class Function>
Awaitable<void> RunOn(Executor executor, Function function) {
  co_await Suspend<bool>([&](Resolver<bool> resolver) {
    asio::post(executor, [work = std::move(function), done = std::move(resolver)]() mutable {
      work();
      std::move(done).Resolve(true);
    });
  });
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, HttpService& service, IoThreads& io, const Clock& clock,
       Logger& logger, Metrics& metrics)
      : io_(io),
        options_(std::move(options)),
        core_(new ServerCore{.service = service,
                             .clock = clock,
                             .logger = logger,
                             .metrics = HttpMetrics(metrics),
                             .shards = {}}),
        accepting_("http accept", logger, metrics),
        sweeping_("http sweep", logger, metrics) {}

  ~Impl() {
    if (!acceptor_ || drained_) return;
    CloseAcceptor();
    accepting_.StopBlocking();
    for (auto& shard : core_->shards)
      asio::post(shard->executor(), [core = core_, &shard] { shard->CutAll(); });
    sweeping_.StopBlocking();
  }

  Result<> Start() {
    ASSIGN_OR_RETURN(const auto endpoint, ParseEndpoint(options_.listen));
    ASSIGN_OR_RETURN(const auto settings, Settings::From(options_));
    Acceptor acceptor(io_.At(0));
    error_code ec;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(static_cast<int>(options_.backlog), ec);
    if (ec) return ListenFailure(options_.listen, ec);
    port_ = acceptor.local_endpoint(ec).port();
    acceptor_.emplace(std::move(acceptor));
    std::signal(SIGPIPE, SIG_IGN);  // sendfile has no flag against it
    for (std::size_t i = 0; i < io_.size(); ++i)
      core_->shards.push_back(std::make_unique<Shard>(io_.At(i), settings, core_->clock));
    for (auto& shard : core_->shards) {
      sweeping_.SpawnLoop(
          shard->executor(), "sweep",
          [this, &shard = *shard](std::stop_token stop) { return Sweep(shard, std::move(stop)); });
    }
    accepting_.SpawnLoop(io_.At(0), "accept",
                         [this](std::stop_token stop) { return Accept(std::move(stop)); });
    return {};
  }

  std::uint16_t port() const { return port_; }

  Awaitable<void> Drain(Deadline deadline) {
    if (!acceptor_ || std::exchange(drained_, true)) co_return;
    CloseAcceptor();
    co_await accepting_.Stop();
    for (auto& shard : core_->shards)
      co_await RunOn(shard->executor(), [&shard] { shard->Drain(); });
    while (core_->open.load() > 0 && !deadline.Expired(core_->clock)) co_await Sleep(kDrainPoll);
    for (auto& shard : core_->shards)
      co_await RunOn(shard->executor(), [&shard] { shard->CutAll(); });
    for (Duration waited{0}; core_->open.load() > 0 && waited < kCutTime; waited += kDrainPoll)
      co_await Sleep(kDrainPoll);
    co_await sweeping_.Stop();
  }

  Result<> Reconfigure(HttpServerOptions options) {
    ASSIGN_OR_RETURN(const auto settings, Settings::From(std::move(options)));
    for (auto& shard : core_->shards)
      asio::post(shard->executor(), [core = core_, &shard, settings] { shard->Adopt(settings); });
    return {};
  }

 private:
  void CloseAcceptor() {
    asio::post(io_.At(0), [this] {
      error_code ignored;
      acceptor_->close(ignored);
    });
  }

  Awaitable<void> Sweep(Shard& shard, std::stop_token stop) {
    while (co_await Sleep(shard.settings().sweep_interval(), stop)) shard.Sweep();
  }

  Awaitable<void> Accept(std::stop_token stop) {
    std::size_t turn = 0;
    while (acceptor_->is_open()) {
      Shard& shard = *core_->shards[turn % core_->shards.size()];
      error_code ec;
      TcpSocket socket = co_await acceptor_->async_accept(shard.executor(),
                                                          asio::redirect_error(kUseAwaitable, ec));
      if (!ec) {
        ++turn;
        Admit(shard, std::move(socket));
      } else if (acceptor_->is_open() && ec != asio::error::connection_aborted) {
        core_->logger.Warn("Connections cannot be accepted", {{"error", ec.message()}});
        co_await Sleep(kAcceptPause, stop);
      }
    }
  }

  void Admit(Shard& shard, TcpSocket socket) {
    const std::int64_t most = core_->shards[0]->settings().options.max_connections;
    const std::int64_t open = core_->open.fetch_add(1);
    if (open >= most + most / 8 + 16) {  // too many even to be told so
      core_->open.fetch_sub(1);
      core_->metrics.Refused(RefusedReason::kConnections);
      return;
    }
    asio::post(shard.executor(), [core = core_, &shard, accepted = std::move(socket),
                                  crowded = open >= most]() mutable {
      auto connection = std::make_shared<Connection>(core, shard, std::move(accepted));
      shard.Add(*connection);
      auto run = crowded ? connection->Reject() : connection->Run();
      asio::co_spawn(shard.executor(), std::move(run), [connection](std::exception_ptr failure) {
        connection->Ended(std::move(failure));
      });
    });
  }

  IoThreads& io_;
  const HttpServerOptions options_;
  const std::shared_ptr<ServerCore> core_;
  std::optional<Acceptor> acceptor_;
  std::uint16_t port_ = 0;
  bool drained_ = false;
  TaskGroup accepting_;
  TaskGroup sweeping_;
};

HttpServer::HttpServer(HttpServerOptions options, HttpService& service, IoThreads& io,
                       const Clock& clock, Logger& logger, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), service, io, clock, logger, metrics)) {}
HttpServer::~HttpServer() = default;
Result<> HttpServer::Start() { return impl_->Start(); }
std::uint16_t HttpServer::bound_port() const { return impl_->port(); }
Awaitable<> HttpServer::Drain(Deadline deadline) { return impl_->Drain(deadline); }
Result<> HttpServer::Reconfigure(HttpServerOptions options) {
  return impl_->Reconfigure(std::move(options));
}

}  // namespace freshet::net
