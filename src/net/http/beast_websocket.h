// WebSocketSession over any of Asio's streams, by Beast. Heavy: only for websocket_session.cc and
// for what feeds it bytes without a network.
#pragma once

#include <array>
#include <boost/beast/websocket/stream.hpp>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/http/websocket_session.h"

namespace freshet::net {

// `Stream` is a reference type. One operation of each kind (read, write, ping, close) is pending at
// most; their handlers are callbacks rather than coroutines, because tens of thousands of these
// wait.
template <class Stream>
class BeastWebSocket final : public WebSocketSession {
 public:
  BeastWebSocket(Stream stream, const WebSocketLimits& limits, const Clock& clock);

  Awaitable<bool> Accept(const WebSocketHandshake& handshake, const HeaderFields& headers) override;
  void Sweep(SteadyTime now) override;
  Awaitable<void> Finish(std::uint16_t code) override;

  Awaitable<Result<std::string>> Receive(Deadline deadline) override;
  Awaitable<Result<>> Send(std::shared_ptr<const std::string> message) override;
  Awaitable<Result<>> Flush() override;
  // Messages that are queued go first.
  void Close(std::uint16_t code, std::string_view reason) override;

 private:
  using ErrorCode = boost::system::error_code;
  static constexpr Duration kCloseTimeout{5'000};
  static constexpr std::size_t kFirstRoom = 64;
  static constexpr std::size_t kRoom = 1'024;

  // A handler that does nothing once this is destroyed.
  template <class Handler>
  auto IfAlive(Handler handler) {
    return [alive = std::weak_ptr<bool>(alive_), run = std::move(handler)](auto&&... results) {
      if (!alive.expired()) run(results...);
    };
  }
  bool Pending() const { return reading_ || writing_ || pinging_ || sending_close_; }
  Failure EndReason() const;

  // Resumes who waits for a message or for the end.
  void Wake();
  void WakeFlusher();
  void End(ErrorCode ec);
  // What waits for the socket ends now. What still waits at the next sweep never would: when a
  // frame breaks the protocol while a close is on its way, Beast 1.81's reader waits for the closer
  // and the closer for the reader; both go with the stream.
  void Cut();

  // A message is gathered in `gathered_`; the first bytes land in a small buffer, so that a client
  // that says nothing holds no memory for what it might say.
  void Read();
  void OnRead(ErrorCode ec, std::size_t size);
  void Write();
  void OnWrite(ErrorCode ec);
  void SendClose();
  void Ping(SteadyTime now);

  boost::beast::websocket::stream<Stream, false> stream_;
  const WebSocketLimits limits_;
  const Clock& clock_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>();

  std::array<char, kFirstRoom> first_;
  std::string gathered_;
  std::size_t filled_ = 0;
  std::optional<std::string> arrived_;  // a whole message that nobody has taken
  std::optional<Resolver<bool>> waiter_;
  std::optional<Resolver<bool>> flusher_;
  SteadyTime wait_until_ = SteadyTime::max();
  std::list<std::shared_ptr<const std::string>> queue_;  // the first is being written
  SteadyTime written_at_{};
  SteadyTime ping_at_ = SteadyTime::max();
  SteadyTime cut_at_ = SteadyTime::max();
  boost::beast::websocket::close_reason close_reason_;
  ErrorCode end_;
  bool reading_ = false;
  bool writing_ = false;
  bool pinging_ = false;
  bool sending_close_ = false;
  bool closing_ = false;
  bool ended_ = true;
  bool cut_ = false;
  bool abandoned_ = false;
  bool violation_ = false;  // the client's
  bool asked_ = false;      // by a ping
  bool heard_ = false;      // anything since
};

}  // namespace freshet::net

#include "net/http/beast_websocket_inl.h"
