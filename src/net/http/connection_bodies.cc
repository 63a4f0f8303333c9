// The kinds of bodies that an answer can have, each sent in its own way.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <optional>
#include <stop_token>
#include <utility>

#include "net/http/connection.h"
#include "net/http/status.h"

namespace freshet::net {
namespace {

using boost::system::error_code;

constexpr std::size_t kMostCompressed = 1'048'576;  // longer bodies would hold up the io thread
constexpr std::size_t kFilePiece = 262'144;
constexpr std::size_t kMostReadAhead = 8'192;  // bytes of requests behind a streamed answer

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

}  // namespace

// One streamed answer, and what becomes of its client.
class Connection::Stream final : public BodyWriter {
 public:
  Stream(Connection& connection, Turn& turn, bool chunked, bool gzip)
      : connection_(connection), turn_(turn), chunked_(chunked) {
    if (gzip) {
      gzip_.emplace();
      gzip_->Start();
    }
  }

  Awaitable<Result<>> Write(std::string_view piece) override {
    if (piece.empty()) co_return Result<>();
    const std::string packed = gzip_ ? gzip_->Continue(piece) : std::string();
    co_return co_await Send(gzip_ ? std::string_view(packed) : piece, false);
  }

  std::stop_token gone() const override { return gone_.get_token(); }
  std::stop_token finished_sending() const override { return finished_sending_.get_token(); }

  Awaitable<Result<>> End() {
    const std::string packed = gzip_ ? gzip_->End() : std::string();
    co_return co_await Send(packed, true);
  }

  void ClientFinishedSending() { finished_sending_.request_stop(); }
  void ClientIsGone() { gone_.request_stop(); }

  std::optional<std::string> failure;  // why the answer is incomplete
  bool ended = false;                  // the body has returned

 private:
  Awaitable<Result<>> Send(std::string_view piece, bool last) {
    OutputBatch& output = connection_.output_;
    if (chunked_ && !piece.empty())
      fmt::format_to(std::back_inserter(output.text()), "{:x}\r\n", piece.size());
    if (piece.size() <= OutputBatch::kCopied) {
      output.text() += piece;
    } else {
      output.AddView(piece);
    }
    if (chunked_ && !piece.empty()) output.text() += "\r\n";
    if (chunked_ && last) output.text() += "0\r\n\r\n";
    turn_.sent += piece.size();
    if (connection_.FlushedAtOnce() || co_await connection_.Flush()) co_return Result<>();
    output.Clear();
    ClientIsGone();
    co_return Unavailable("the client is gone or reads too slowly");
  }

  Connection& connection_;
  Turn& turn_;
  const bool chunked_;
  std::optional<Gzip> gzip_;
  std::stop_source gone_;
  std::stop_source finished_sending_;
};

void Connection::EncodeText(Turn& turn, Response& response) {
  auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body);
  auto* owned = std::get_if<std::string>(&response.body);
  const std::string_view body = owned != nullptr ? *owned : *shared ? **shared : std::string_view();
  const bool wanted = StatusHasBody(response.status);
  std::string packed;
  const auto least = static_cast<std::size_t>(settings().options.gzip_min_bytes);
  if (wanted && body.size() >= least && !body.empty() && body.size() <= kMostCompressed &&
      IsCompressible(response)) {
    response.headers.Add("Vary", "Accept-Encoding");
    if (turn.exchange.accepts_gzip) {
      packed = shard_.gzip().Compress(body);
      WeakenEntityTag(response.headers);
      response.headers.Add("Content-Encoding", "gzip");
    }
  }
  const std::size_t size = packed.empty() ? body.size() : packed.size();
  const Framing framing{wanted ? Framing::Kind::kLength : Framing::Kind::kNone, size};
  AppendHead(output_.text(), response, turn.exchange, framing, shard_.HttpDate(turn.started));
  if (!wanted || turn.exchange.method == Method::kHead) return;
  turn.sent = size;
  if (!packed.empty()) {
    output_.AddBody(std::move(packed));
  } else if (owned != nullptr) {
    output_.AddBody(std::move(*owned));
  } else if (*shared) {
    output_.AddBody(std::move(*shared));
  }
}

Awaitable<Connection::Next> Connection::SendFile(Turn& turn, Response& response) {
  const FileBody body = std::get<FileBody>(response.body);
  const File file(body.path);
  if (file.descriptor() < 0) {
    core_->logger.Error("A file of an answer cannot be opened", {{"path", body.path}});
    response = Refusal(500, "a file cannot be read", turn.exchange.request_id);
    EncodeText(turn, response);
    co_return Next::kGoOn;
  }
  AppendHead(output_.text(), response, turn.exchange,
             {.kind = Framing::Kind::kLength, .length = body.length},
             shard_.HttpDate(turn.started));
  if (turn.exchange.method == Method::kHead || !StatusHasBody(response.status))
    co_return Next::kGoOn;
  if (!FlushedAtOnce() && !co_await Flush()) co_return Next::kGone;
  error_code ec;
  while (turn.sent < body.length && !ec) {
    phase_ = Phase::kWriting;
    deadline_ = Now() + settings().options.write_timeout;
    const auto piece =
        static_cast<std::size_t>(std::min<std::uint64_t>(body.length - turn.sent, kFilePiece));
    turn.sent +=
        co_await transport_.SendFile(file.descriptor(), body.offset + turn.sent, piece, ec);
  }
  deadline_ = SteadyTime::max();
  phase_ = Phase::kHandling;
  if (!ec) co_return Next::kGoOn;
  transport_.Close(true);
  co_return Next::kGone;
}

Awaitable<Connection::Next> Connection::SendStream(Turn& turn, Response& response) {
  const StreamBody body = std::move(std::get<StreamBody>(response.body));
  const bool has_body = turn.exchange.method != Method::kHead && StatusHasBody(response.status);
  const bool chunked = turn.exchange.http11;
  if (!chunked) turn.exchange.keep_alive = false;
  bool gzip = false;
  if (IsCompressible(response)) {
    response.headers.Add("Vary", "Accept-Encoding");
    gzip = turn.exchange.accepts_gzip;
    if (gzip) {
      WeakenEntityTag(response.headers);
      response.headers.Add("Content-Encoding", "gzip");
    }
  }
  const Framing::Kind kind = !StatusHasBody(response.status) ? Framing::Kind::kNone
                             : chunked                       ? Framing::Kind::kChunked
                                                             : Framing::Kind::kUntilClose;
  AppendHead(output_.text(), response, turn.exchange, {.kind = kind, .length = 0},
             shard_.HttpDate(turn.started));
  if (!has_body) co_return Next::kGoOn;
  if (!FlushedAtOnce() && !co_await Flush()) co_return Next::kGone;
  Stream stream(*this, turn, chunked, gzip);
  co_await Both(RunBody(body, stream), WatchClient(stream));
  if (!stream.failure) co_return Next::kGoOn;
  const std::initializer_list<LogField> fields = {{"request", turn.exchange.request_id},
                                                  {"error", *stream.failure}};
  if (stream.gone().stop_requested()) {
    core_->logger.Debug("The client left a streamed answer", fields);
  } else {
    core_->logger.Warn("A streamed answer was cut", fields);
  }
  transport_.Close(true);
  co_return Next::kGone;
}

Awaitable<void> Connection::RunBody(const StreamBody& body, Stream& stream) {
  try {
    auto outcome = co_await body(stream);
    if (outcome) outcome = co_await stream.End();
    if (!outcome) stream.failure = outcome.error().ToString();
  } catch (const std::exception& e) {
    core_->metrics.exceptions.Add();
    stream.failure = e.what();
  } catch (...) {
    core_->metrics.exceptions.Add();
    stream.failure = "an exception of unknown type";
  }
  stream.ended = true;
  transport_.Cancel();  // what WatchClient waits for
}

// Reads on while a body is streamed, since only that tells at once that the client has left. What
// it finds are the next requests of the pipeline.
Awaitable<void> Connection::WatchClient(Stream& stream) {
  error_code ec;
  while (!ec && !stream.ended && reader_->buffered() < kMostReadAhead)
    reader_->Received(co_await transport_.ReadSome(reader_->Room(), ec));
  if (stream.ended) co_return;
  // The end of what a client sends is not the end of the client: HTTP (RFC 9112 section 9) does not
  // forbid it to close its side of the connection and to read on. One that has closed both sides
  // looks the same until it answers what is sent next with a reset.
  const bool finished = Transport::IsEnd(ec);
  if (finished) stream.ClientFinishedSending();
  if ((!ec || finished) && !co_await transport_.Failed()) co_return;
  if (!stream.ended) stream.ClientIsGone();
}

Connection::Next Connection::BeginUpgrade(Turn& turn, Response& response) {
  // Bytes behind the handshake would be frames that were sent before it was answered.
  if (turn.handshake && turn.handshake->Valid() && !reader_->started()) {
    response.status = 101;
    upgrade_ =
        std::make_unique<Upgrade>(Upgrade{.body = std::move(std::get<UpgradeBody>(response.body)),
                                          .headers = std::move(response.headers),
                                          .handshake = std::move(*turn.handshake)});
    upgrade_->headers.Set("X-Request-Id", turn.exchange.request_id);
    return Next::kUpgrade;
  }
  core_->metrics.Refused(RefusedReason::kUpgrade);
  response = Refusal(426, "this is a WebSocket (RFC 6455, version 13)", turn.exchange.request_id);
  response.headers.Set("Upgrade", "websocket");
  response.headers.Set("Sec-WebSocket-Version", "13");
  turn.exchange.keep_alive = false;
  EncodeText(turn, response);
  return Next::kGoOn;
}

Awaitable<void> Connection::RunWebSocket() {
  const auto& options = settings().options;
  const std::unique_ptr<Upgrade> upgrade = std::move(upgrade_);
  const auto session =
      MakeWebSocketSession(transport_,
                           {.max_message = static_cast<std::size_t>(options.websocket_max_message),
                            .send_queue = static_cast<std::size_t>(options.websocket_send_queue),
                            .ping_interval = options.websocket_ping_interval,
                            .write_timeout = options.write_timeout},
                           core_->clock);
  phase_ = Phase::kWriting;
  deadline_ = Now() + options.write_timeout;
  const bool open = co_await session->Accept(upgrade->handshake, upgrade->headers);
  deadline_ = SteadyTime::max();
  if (!open) co_return;
  phase_ = Phase::kWebSocket;
  websocket_ = session.get();
  upgrade->headers = {};
  core_->metrics.websockets.Add(1);
  if (shard_.draining()) Drain();
  std::uint16_t code = 1000;
  try {
    co_await upgrade->body(*session);
  } catch (const std::exception& e) {
    core_->metrics.exceptions.Add();
    core_->logger.Error("A WebSocket ended with an exception", {{"error", e.what()}});
    code = 1011;
  }
  co_await session->Finish(code);
  websocket_ = nullptr;
  core_->metrics.websockets.Add(-1);
}

}  // namespace freshet::net
