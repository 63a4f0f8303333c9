// Implementation of beast_websocket.h.
#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <memory>

namespace freshet::net {

// A close frame has room for 123 bytes of UTF-8.
inline std::string_view FittingReason(std::string_view reason) {
  std::size_t size = std::min<std::size_t>(reason.size(), 123);
  while (size < reason.size() && size > 0 && (reason[size] & 0xc0) == 0x80) --size;
  return reason.substr(0, size);
}

template <class Stream>
BeastWebSocket<Stream>::BeastWebSocket(Stream stream, const WebSocketLimits& limits,
                                       const Clock& clock)
    : stream_(stream), limits_(limits), clock_(clock) {
  stream_.read_message_max(limits.max_message);
  stream_.auto_fragment(false);
}

template <class Stream>
Awaitable<bool> BeastWebSocket<Stream>::Accept(const WebSocketHandshake& handshake,
                                               const HeaderFields& headers) {
  namespace http = boost::beast::http;
  using boost::beast::websocket::response_type;
  using boost::beast::websocket::stream_base;
  http::request<http::empty_body> request(http::verb::get, "/", 11);
  request.set(http::field::host, "-");  // the reader has checked the real one
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::sec_websocket_key, handshake.key);
  request.set(http::field::sec_websocket_version, handshake.version);
  stream_.set_option(stream_base::decorator([&headers](response_type& answer) {
    for (const auto& [name, value] : headers) answer.insert(name, value);
  }));
  ErrorCode ec;
  co_await stream_.async_accept(request, boost::asio::redirect_error(kUseAwaitable, ec));
  stream_.set_option(stream_base::decorator([](response_type&) {}));
  ended_ = static_cast<bool>(ec);
  stream_.control_callback([this](auto, auto) { heard_ = true; });
  ping_at_ = clock_.Steady() + limits_.ping_interval;
  if (!ended_) Read();
  co_return !ended_;
}

template <class Stream>
Awaitable<Result<std::string>> BeastWebSocket<Stream>::Receive(Deadline deadline) {
  if (!arrived_ && !ended_ && !closing_ && !deadline.Expired(clock_)) {
    co_await Suspend<bool>([&](Resolver<bool> resolver) {
      waiter_.emplace(std::move(resolver));
      wait_until_ = deadline.at();
    });
  }
  if (!arrived_) {
    if (ended_ || closing_) co_return EndReason();
    co_return DeadlineExceeded("no message arrived in time");
  }
  std::string message = *std::exchange(arrived_, std::nullopt);
  Read();
  co_return message;
}

template <class Stream>
Awaitable<Result<>> BeastWebSocket<Stream>::Send(std::shared_ptr<const std::string> message) {
  if (ended_ || closing_) co_return Unavailable("the WebSocket is closed");
  if (queue_.size() >= limits_.send_queue) {
    queue_.resize(writing_ ? 1 : 0);
    Close(1013, "the client reads too slowly");
    co_return Exhausted("the client reads too slowly; its WebSocket is being closed");
  }
  queue_.push_back(std::move(message));
  if (!writing_) Write();
  co_return Result<>();
}

template <class Stream>
Awaitable<Result<>> BeastWebSocket<Stream>::Flush() {
  if (!queue_.empty() && !ended_) {
    co_await Suspend<bool>([&](Resolver<bool> resolver) { flusher_.emplace(std::move(resolver)); });
  }
  if (ended_) co_return Unavailable("the WebSocket is closed");
  co_return Result<>();
}

template <class Stream>
void BeastWebSocket<Stream>::Close(std::uint16_t code, std::string_view reason) {
  if (ended_ || closing_) return;
  closing_ = true;
  close_reason_ = {static_cast<boost::beast::websocket::close_code>(code), FittingReason(reason)};
  cut_at_ = clock_.Steady() + kCloseTimeout;
  Wake();
  if (!writing_) SendClose();
}

template <class Stream>
void BeastWebSocket<Stream>::Sweep(SteadyTime now) {
  if (cut_) {
    abandoned_ = true;
    Wake();
    return;
  }
  if (waiter_ && now >= wait_until_) Wake();
  const bool stalled = writing_ && now >= written_at_ + limits_.write_timeout;
  if (now >= cut_at_ || stalled) {
    Cut();
  } else if (now >= ping_at_ && !closing_ && !ended_) {
    Ping(now);
  }
}

template <class Stream>
Awaitable<void> BeastWebSocket<Stream>::Finish(std::uint16_t code) {
  Close(code, {});
  if (cut_at_ == SteadyTime::max()) cut_at_ = clock_.Steady() + kCloseTimeout;
  arrived_.reset();
  Read();  // or the client's answer to the close would not be seen
  while (Pending() && !abandoned_) {
    co_await Suspend<bool>([&](Resolver<bool> resolver) { waiter_.emplace(std::move(resolver)); });
  }
}

template <class Stream>
Failure BeastWebSocket<Stream>::EndReason() const {
  if (violation_) return Invalid("the client broke the protocol or a limit: " + end_.message());
  return Unavailable("the WebSocket is closed");
}

template <class Stream>
void BeastWebSocket<Stream>::Wake() {
  if (waiter_) std::move(*std::exchange(waiter_, std::nullopt)).Resolve(true);
}

template <class Stream>
void BeastWebSocket<Stream>::WakeFlusher() {
  if (flusher_) std::move(*std::exchange(flusher_, std::nullopt)).Resolve(true);
}

template <class Stream>
void BeastWebSocket<Stream>::End(ErrorCode ec) {
  if (!ended_) end_ = ec;
  ended_ = true;
  queue_.resize(writing_ ? 1 : 0);
  Wake();
  WakeFlusher();
}

template <class Stream>
void BeastWebSocket<Stream>::Cut() {
  cut_ = true;
  boost::beast::close_socket(boost::beast::get_lowest_layer(stream_));
  End(boost::asio::error::timed_out);
}

template <class Stream>
void BeastWebSocket<Stream>::Read() {
  if (reading_ || ended_ || arrived_) return;
  reading_ = true;
  if (gathered_.empty()) {
    auto done = IfAlive([this](ErrorCode ec, std::size_t size) {
      gathered_.assign(first_.data(), size);
      OnRead(ec, size);
    });
    stream_.async_read_some(boost::asio::buffer(first_), std::move(done));
    return;
  }
  gathered_.resize(filled_ + std::max(kRoom, filled_));
  stream_.async_read_some(
      boost::asio::buffer(gathered_.data() + filled_, gathered_.size() - filled_),
      IfAlive([this](ErrorCode ec, std::size_t size) { OnRead(ec, size); }));
}

template <class Stream>
void BeastWebSocket<Stream>::OnRead(ErrorCode ec, std::size_t size) {
  reading_ = false;
  heard_ = true;
  if (ec) {
    const ErrorCode closed = make_error_code(boost::beast::websocket::error::closed);
    violation_ = violation_ || (ec != closed && ec.category() == closed.category());
    End(ec);
    return;
  }
  filled_ += size;
  if (!stream_.got_text() && !closing_) {
    violation_ = true;
    Close(1003, "only text is understood");
  }
  if (stream_.is_message_done()) {
    gathered_.resize(filled_);
    filled_ = 0;
    if (closing_) {
      gathered_.clear();
    } else {
      arrived_ = std::exchange(gathered_, {});
      Wake();
    }
  } else if (gathered_.empty()) {
    gathered_.resize(1);  // an empty first frame: the message has begun nevertheless
  }
  Read();
}

template <class Stream>
void BeastWebSocket<Stream>::Write() {
  writing_ = true;
  written_at_ = clock_.Steady();
  stream_.text(true);
  stream_.async_write(boost::asio::buffer(*queue_.front()),
                      IfAlive([this](ErrorCode ec, std::size_t) { OnWrite(ec); }));
}

template <class Stream>
void BeastWebSocket<Stream>::OnWrite(ErrorCode ec) {
  writing_ = false;
  queue_.pop_front();
  if (ec) {
    End(ec);
  } else if (!queue_.empty()) {
    Write();
  } else {
    WakeFlusher();
    if (closing_ && !ended_) SendClose();
  }
  if (!Pending()) Wake();
}

template <class Stream>
void BeastWebSocket<Stream>::SendClose() {
  sending_close_ = true;
  auto done = IfAlive([this](ErrorCode ec) {
    sending_close_ = false;
    End(ec);
  });
  stream_.async_close(close_reason_, std::move(done));
}

template <class Stream>
void BeastWebSocket<Stream>::Ping(SteadyTime now) {
  // While a message waits for the program nothing is read, so silence says nothing.
  if (asked_ && !heard_ && reading_) {
    Cut();
    return;
  }
  ping_at_ = now + limits_.ping_interval;
  asked_ = true;
  heard_ = false;
  if (pinging_) return;
  pinging_ = true;
  auto done = IfAlive([this](ErrorCode ec) {
    pinging_ = false;
    if (ec) End(ec);
    if (!Pending()) Wake();
  });
  stream_.async_ping({}, std::move(done));
}

}  // namespace freshet::net
