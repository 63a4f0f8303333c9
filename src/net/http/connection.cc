#include "net/http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>
#include <utility>

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {
namespace {

using boost::system::error_code;

constexpr std::size_t kMostHeldBack = 65'536;     // bytes of answers
constexpr std::size_t kBytesPerTimeout = 65'536;  // of a body, in either direction
constexpr std::size_t kMostDiscarded = 1'048'576;
constexpr Duration kLingerTime{2'000};

bool IsSaneRequestId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string PeerOf(const TcpSocket& socket) {
  error_code ec;
  auto address = socket.remote_endpoint(ec).address();
  if (ec) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
        .to_string();
  return address.to_string();
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, Shard& shard, TcpSocket socket)
    : core_(std::move(core)),
      shard_(shard),
      transport_(std::move(socket), shard.settings().tls),
      peer_(PeerOf(transport_.socket())) {
  core_->metrics.connections.Add(1);
}

Connection::~Connection() {
  core_->metrics.connections.Add(-1);
  core_->open.fetch_sub(1);
}

Awaitable<void> Connection::Run() {
  if (co_await ShakeHands()) {
    reader_ = std::make_unique<RequestReader>(core_->service);
    const Next next = co_await Serve();
    reader_.reset();
    output_ = {};
    if (next == Next::kUpgrade) co_await RunWebSocket();
    if (next == Next::kClose) co_await Linger();
  }
  transport_.Close(false);
}

Awaitable<void> Connection::Reject() {
  if (!transport_.secure()) {
    co_await Refuse(503, RefusedReason::kConnections, "there are too many connections", {});
    co_await Linger();
  }
  transport_.Close(false);
}

void Connection::Ended(std::exception_ptr failure) {
  if (!failure) return;
  core_->metrics.exceptions.Add();
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    core_->logger.Error("A connection ended with an exception", {{"error", e.what()}});
  } catch (...) {
    core_->logger.Error("A connection ended with an exception of unknown type");
  }
}

Awaitable<bool> Connection::ShakeHands() {
  if (!transport_.secure()) co_return true;
  phase_ = Phase::kHandshake;
  deadline_ = Now() + settings().options.header_timeout;
  error_code ec;
  co_await transport_.Handshake(ec);
  deadline_ = SteadyTime::max();
  if (ec) core_->metrics.Refused(RefusedReason::kTls);
  co_return !ec;
}

Awaitable<Connection::Next> Connection::Serve() {
  for (;;) {
    Next next = Next::kGoOn;
    switch (reader_->Advance(settings().header_limit())) {
      case RequestReader::Step::kRequest: next = co_await Answer(); break;
      case RequestReader::Step::kNeedBytes: next = co_await ReadMore(); break;
      case RequestReader::Step::kRefused: {
        const auto& refusal = reader_->refusal();
        co_return co_await Refuse(refusal.status, refusal.reason, refusal.detail,
                                  reader_->request_id());
      }
    }
    if (next != Next::kGoOn) co_return next;
  }
}

Awaitable<Connection::Next> Connection::ReadMore() {
  if (reader_->TakeExpectation()) output_.text() += "HTTP/1.1 100 Continue\r\n\r\n";
  if (!FlushedAtOnce() && !co_await Flush()) co_return Next::kGone;
  if (shard_.draining() && !reader_->started()) co_return Next::kGone;
  WaitForRequest();
  error_code ec;
  const std::size_t count = co_await transport_.ReadSome(reader_->Room(), ec);
  deadline_ = SteadyTime::max();
  if (ec) co_return co_await EndRead(ec);
  timed_out_ = false;
  reader_->Received(count);
  co_return Next::kGoOn;
}

void Connection::WaitForRequest() {
  const auto& options = settings().options;
  const Phase phase = reader_->head_done() ? Phase::kBody
                      : reader_->started() ? Phase::kHead
                                           : Phase::kIdle;
  if (phase != phase_) phase_began_ = Now();
  phase_ = phase;
  switch (phase) {
    case Phase::kBody:
      deadline_ = phase_began_ +
                  options.body_timeout *
                      static_cast<std::int64_t>(1 + reader_->body_bytes() / kBytesPerTimeout);
      break;
    case Phase::kHead: deadline_ = phase_began_ + options.header_timeout; break;
    default:
      deadline_ = phase_began_ + (served_ ? options.idle_timeout : options.header_timeout);
      break;
  }
}

Awaitable<Connection::Next> Connection::EndRead(error_code ec) {
  const bool timed_out =
      std::exchange(timed_out_, false) && ec == boost::asio::error::operation_aborted;
  if (!timed_out) co_return Next::kGone;  // the client says goodbye, or Drain does
  switch (phase_) {
    case Phase::kHead:
      co_return co_await Refuse(408, RefusedReason::kHeaderTimeout,
                                "the header did not arrive in time", {});
    case Phase::kBody:
      co_return co_await Refuse(408, RefusedReason::kBodyTimeout, "the body did not arrive in time",
                                reader_->request_id());
    default: co_return Next::kGone;
  }
}

Connection::Turn Connection::BeginTurn(IncomingRequest& incoming) {
  const auto& current = settings();
  Request& request = incoming.request;
  Turn turn;
  turn.started = request.received_at = Now();
  turn.exchange.method = request.method;
  turn.exchange.http11 = incoming.http11;
  turn.exchange.keep_alive = incoming.keep_alive;
  std::string_view request_id, upgrade, origin, traceparent;
  for (const auto& [name, value] : request.headers) {
    switch (name.size()) {
      case 6:
        if (EqualsIgnoringCase(name, "Origin")) origin = value;
        break;
      case 7:
        if (EqualsIgnoringCase(name, "Upgrade")) upgrade = value;
        break;
      case 11:
        if (EqualsIgnoringCase(name, "traceparent")) traceparent = value;
        break;
      case 12:
        if (EqualsIgnoringCase(name, "X-Request-Id")) request_id = value;
        break;
      case 15:
        if (EqualsIgnoringCase(name, "Accept-Encoding"))
          turn.exchange.accepts_gzip = AcceptsGzip(value);
        break;
      default: break;
    }
  }
  request.request_id =
      IsSaneRequestId(request_id) ? std::string(request_id) : shard_.NewRequestId();
  turn.exchange.request_id = request.request_id;
  auto client = FindClient(request.headers, current.proxies, current.options.proxy_header,
                           {.address = peer_, .secure = transport_.secure()});
  request.remote_address = std::move(client.address);
  request.secure = client.secure;
  if (current.cross_origin.enabled()) {
    turn.exchange.allowed_origin = current.cross_origin.Allow(origin);
    turn.exchange.origin_matters = turn.exchange.allowed_origin != "*";
  }
  if (incoming.upgrade && incoming.http11 && request.method == Method::kGet &&
      ListHasToken(upgrade, "websocket"))
    turn.handshake = std::make_unique<WebSocketHandshake>(
        WebSocketHandshake{.key = std::string(request.headers.Get("Sec-WebSocket-Key")),
                           .version = std::string(request.headers.Get("Sec-WebSocket-Version"))});
  if (current.options.access_log != AccessLog::kOff) {
    turn.path = request.path;
    turn.remote = request.remote_address;
    turn.trace = TraceIdOf(traceparent);
  }
  return turn;
}

Awaitable<Connection::Next> Connection::Answer() {
  served_ = true;
  IncomingRequest incoming = reader_->Take();
  Turn turn = BeginTurn(incoming);
  phase_ = Phase::kHandling;
  Response response;
  if (settings().cross_origin.enabled() && CrossOrigin::IsPreflight(incoming.request)) {
    response = settings().cross_origin.Preflight(incoming.request);
  } else {
    FlushWhenSuspended();
    response = co_await CallService(std::move(incoming.request), turn.exchange.request_id);
  }
  if (shard_.draining()) turn.exchange.keep_alive = false;
  Next next = Next::kGoOn;
  if (std::holds_alternative<UpgradeBody>(response.body)) {
    next = BeginUpgrade(turn, response);
  } else if (std::holds_alternative<FileBody>(response.body)) {
    next = co_await SendFile(turn, response);
  } else if (std::holds_alternative<StreamBody>(response.body)) {
    next = co_await SendStream(turn, response);
  } else {
    EncodeText(turn, response);
  }
  EndTurn(turn, turn.exchange.method, response.status);
  if (next == Next::kUpgrade && !FlushedAtOnce() && !co_await Flush()) co_return Next::kGone;
  if (next != Next::kGoOn) co_return next;
  const bool full = ++held_back_ >= settings().options.max_pipeline ||
                    output_.bytes() >= kMostHeldBack || !turn.exchange.keep_alive ||
                    transport_.secure();
  if (full && !FlushedAtOnce() && !co_await Flush()) co_return Next::kGone;
  co_return turn.exchange.keep_alive ? Next::kGoOn : Next::kClose;
}

Awaitable<Response> Connection::CallService(Request request, std::string_view request_id) {
  std::string failure;
  try {
    co_return co_await core_->service.Handle(std::move(request));
  } catch (const std::exception& e) {
    failure = e.what();
  } catch (...) {
    failure = "an exception of unknown type";
  }
  core_->metrics.exceptions.Add();
  core_->logger.Error("A request ended with an exception",
                      {{"request", request_id}, {"error", failure}});
  co_return Refusal(500, "something went wrong here; the request id helps to find it", request_id);
}

Response Connection::Refusal(int status, std::string_view detail,
                             std::string_view request_id) noexcept {
  try {
    return core_->service.Refuse(status, detail, request_id);
  } catch (const std::exception& e) {
    core_->metrics.exceptions.Add();
    core_->logger.Error("A refusal ended with an exception", {{"error", e.what()}});
    return Response{.status = status, .headers = {}, .body = {}};
  }
}

Awaitable<Connection::Next> Connection::Refuse(int status, RefusedReason reason,
                                               std::string_view detail,
                                               std::string_view request_id) {
  core_->metrics.Refused(reason);
  Turn turn;
  turn.started = Now();
  turn.exchange.keep_alive = false;
  turn.exchange.request_id =
      IsSaneRequestId(request_id) ? std::string(request_id) : shard_.NewRequestId();
  turn.remote = peer_;
  Response response = Refusal(status, detail, turn.exchange.request_id);
  if (status == 503 && !response.headers.Has("Retry-After"))
    response.headers.Add("Retry-After", "1");
  EncodeText(turn, response);
  EndTurn(turn, std::nullopt, response.status);
  const bool written = FlushedAtOnce() || co_await Flush();
  co_return written ? Next::kClose : Next::kGone;
}

void Connection::EndTurn(const Turn& turn, std::optional<Method> method, int status) {
  const auto elapsed = Now() - turn.started;
  core_->metrics.Answered(method, status);
  core_->metrics.seconds.Observe(elapsed);
  const AccessLog log = settings().options.access_log;
  const LogLevel level = log == AccessLog::kInfo ? LogLevel::kInfo : LogLevel::kDebug;
  if (log == AccessLog::kOff || !core_->logger.Enabled(level)) return;
  const double milliseconds = std::chrono::duration<double, std::milli>(elapsed).count();
  const std::string_view name = method ? Name(*method) : "-";
  const std::initializer_list<LogField> fields = {{"method", name},
                                                  {"path", turn.path},
                                                  {"status", status},
                                                  {"bytes", turn.sent},
                                                  {"ms", milliseconds},
                                                  {"remote", turn.remote},
                                                  {"request", turn.exchange.request_id},
                                                  {"trace", turn.trace}};
  if (level == LogLevel::kInfo) {
    core_->logger.Info("request", fields);
  } else {
    core_->logger.Debug("request", fields);
  }
}

bool Connection::FlushedAtOnce() {
  held_back_ = 0;
  return output_.empty() ||
         (!transport_.secure() && transport_.TryWrite(output_) == Transport::Written::kAll);
}

Awaitable<bool> Connection::Flush() {
  const Phase before = std::exchange(phase_, Phase::kWriting);
  phase_began_ = Now();
  const std::size_t all = output_.bytes();
  error_code ec;
  while (!output_.empty() && !ec) {
    if (!transport_.secure()) {
      const auto written = transport_.TryWrite(output_);
      if (written == Transport::Written::kAll) break;
      if (written == Transport::Written::kFailed) co_return false;
    }
    const std::size_t passed = (all - output_.bytes()) / kBytesPerTimeout;
    deadline_ =
        phase_began_ + settings().options.write_timeout * static_cast<std::int64_t>(1 + passed);
    co_await transport_.WriteMore(output_, ec);
  }
  deadline_ = SteadyTime::max();
  phase_ = before;
  co_return !ec;
}

// When the service lets the io thread go, earlier answers of the same pipeline must not wait for
// it.
void Connection::FlushWhenSuspended() {
  if (output_.empty() || flush_posted_) return;
  flush_posted_ = true;
  boost::asio::post(shard_.executor(), [self = shared_from_this()] {
    self->flush_posted_ = false;
    if (self->phase_ == Phase::kHandling && !self->transport_.secure())
      self->transport_.TryWrite(self->output_);
  });
}

// Closing while the peer still sends would reset the connection and take the answer with it.
Awaitable<void> Connection::Linger() {
  phase_ = Phase::kClosing;
  deadline_ = Now() + kLingerTime;
  co_await transport_.ShutdownWrite();
  std::array<char, 512> discarded;
  error_code ec;
  for (std::size_t total = 0; !ec && total < kMostDiscarded;)
    total += co_await transport_.socket().async_read_some(
        boost::asio::buffer(discarded), boost::asio::redirect_error(kUseAwaitable, ec));
  deadline_ = SteadyTime::max();
}

void Connection::Sweep(SteadyTime now) {
  if (websocket_ != nullptr) websocket_->Sweep(now);
  if (now < deadline_) return;
  deadline_ = SteadyTime::max();
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kBody:
      timed_out_ = true;
      transport_.Cancel();
      break;
    case Phase::kWriting:
      core_->metrics.Refused(RefusedReason::kWriteTimeout);
      transport_.Close(true);
      break;
    default: transport_.Close(false); break;
  }
}

void Connection::Drain() {
  if (phase_ == Phase::kIdle) transport_.Cancel();
  if (websocket_ != nullptr) websocket_->Close(1001, "the server is shutting down");
}

}  // namespace freshet::net
