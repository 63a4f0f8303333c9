// One connection of the HTTP server, from the accepted socket to the closed one.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/request_reader.h"
#include "net/http/response_head.h"
#include "net/http/shard.h"
#include "net/http/transport.h"
#include "net/http/websocket_session.h"

namespace freshet::net {

// Lives on one io thread; kept alive by the coroutine that runs it.
class Connection final : public ConnectionHook, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerCore> core, Shard& shard, TcpSocket socket);
  ~Connection();

  // Serves requests until the connection ends.
  Awaitable<void> Run();
  // Answers 503 without waiting for a request: there are too many connections.
  Awaitable<void> Reject();

  // Takes note of how Run ended.
  void Ended(std::exception_ptr failure);

  // What the shard asks for.
  void Sweep(SteadyTime now);
  void Drain();
  void Cut() { transport_.Close(true); }

 private:
  // What the connection waits for; decides what happens at deadline_.
  enum class Phase { kHandshake, kIdle, kHead, kBody, kHandling, kWriting, kWebSocket, kClosing };
  enum class Next {
    kGoOn,
    kClose,    // when everything is written
    kGone,     // the peer, or the patience with it
    kUpgrade,  // to upgrade_
  };
  // A request after the reader let go of it.
  struct Turn {
    Exchange exchange;
    SteadyTime started{};
    std::string path;    // for the access log; empty when that is off
    std::string remote;  // likewise
    std::string trace;   // likewise; also when the client sent no traceparent
    std::size_t sent = 0;
    std::unique_ptr<WebSocketHandshake> handshake;  // when the client asks for one
  };
  struct Upgrade {
    UpgradeBody body;
    HeaderFields headers;
    WebSocketHandshake handshake;
  };
  class Stream;

  const Settings& settings() const { return shard_.settings(); }
  SteadyTime Now() const { return core_->clock.Steady(); }

  Awaitable<bool> ShakeHands();
  Awaitable<Next> Serve();
  Awaitable<Next> ReadMore();
  void WaitForRequest();
  Awaitable<Next> EndRead(boost::system::error_code ec);

  Turn BeginTurn(IncomingRequest& incoming);
  Awaitable<Next> Answer();
  Awaitable<Response> CallService(Request request, std::string_view request_id);
  Awaitable<Next> Refuse(int status, RefusedReason reason, std::string_view detail,
                         std::string_view request_id);
  Response Refusal(int status, std::string_view detail, std::string_view request_id) noexcept;
  void EndTurn(const Turn& turn, std::optional<Method> method, int status);

  // Put an answer into output_, or send it whole.
  void EncodeText(Turn& turn, Response& response);
  Awaitable<Next> SendFile(Turn& turn, Response& response);
  Awaitable<Next> SendStream(Turn& turn, Response& response);
  Awaitable<void> RunBody(const StreamBody& body, Stream& stream);
  Awaitable<void> WatchClient(Stream& stream);
  Next BeginUpgrade(Turn& turn, Response& response);
  Awaitable<void> RunWebSocket();

  // Writes output_. FlushedAtOnce succeeds when the socket takes all of it without waiting.
  bool FlushedAtOnce();
  Awaitable<bool> Flush();
  void FlushWhenSuspended();
  Awaitable<void> Linger();

  const std::shared_ptr<ServerCore> core_;
  Shard& shard_;
  Transport transport_;
  std::string peer_;
  std::unique_ptr<RequestReader> reader_;
  OutputBatch output_;
  std::unique_ptr<Upgrade> upgrade_;
  WebSocketSession* websocket_ = nullptr;
  Phase phase_ = Phase::kHandling;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime phase_began_{};
  std::int64_t held_back_ = 0;  // answers in output_
  bool served_ = false;         // at least one request
  bool timed_out_ = false;      // a read, by Sweep
  bool flush_posted_ = false;
};

}  // namespace freshet::net
