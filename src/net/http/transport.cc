#include "net/http/transport.h"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <vector>

namespace freshet::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kMostPieces = 64;
constexpr std::size_t kFileBuffer = 65'536;

error_code FromErrno() { return {errno, boost::system::system_category()}; }

}  // namespace

Transport::Transport(TcpSocket socket, std::shared_ptr<asio::ssl::context> tls)
    : socket_(std::move(socket)), context_(std::move(tls)) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  if (context_) tls_ = std::make_unique<TlsStream>(socket_, *context_);
}

Awaitable<void> Transport::Handshake(error_code& ec) {
  return tls_->async_handshake(asio::ssl::stream_base::server,
                               asio::redirect_error(kUseAwaitable, ec));
}

Awaitable<std::size_t> Transport::ReadSome(std::span<char> room, error_code& ec) {
  const auto buffer = asio::buffer(room.data(), room.size());
  if (tls_) return tls_->async_read_some(buffer, asio::redirect_error(kUseAwaitable, ec));
  return socket_.async_read_some(buffer, asio::redirect_error(kUseAwaitable, ec));
}

bool Transport::IsEnd(const error_code& ec) {
  return ec == asio::error::eof || ec == asio::ssl::error::stream_truncated;
}

Awaitable<bool> Transport::Failed() {
  error_code ec;
  co_await socket_.async_wait(TcpSocket::wait_error, asio::redirect_error(kUseAwaitable, ec));
  if (ec || !socket_.is_open()) co_return true;
  // Urgent data ends the wait as well, and would end every further one.
  pollfd state{.fd = socket_.native_handle(), .events = 0, .revents = 0};
  co_return ::poll(&state, 1, 0) > 0;
}

Transport::Written Transport::TryWrite(OutputBatch& batch) {
  while (!batch.empty()) {
    std::array<iovec, kMostPieces> pieces;
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = batch.Fill(pieces);
    const ssize_t count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      batch.Consume(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Written::kBlocked;
    } else if (errno != EINTR) {
      return Written::kFailed;
    }
  }
  return Written::kAll;
}

Awaitable<void> Transport::WriteMore(OutputBatch& batch, error_code& ec) {
  if (!tls_) {
    co_await socket_.async_wait(TcpSocket::wait_write, asio::redirect_error(kUseAwaitable, ec));
    co_return;
  }
  std::array<iovec, kMostPieces> pieces;
  std::array<asio::const_buffer, kMostPieces> buffers;
  const std::size_t count = batch.Fill(pieces);
  for (std::size_t i = 0; i < count; ++i) buffers[i] = {pieces[i].iov_base, pieces[i].iov_len};
  batch.Consume(co_await tls_->async_write_some(
      std::vector<asio::const_buffer>(buffers.begin(), buffers.begin() + count),
      asio::redirect_error(kUseAwaitable, ec)));
}

Awaitable<std::size_t> Transport::SendFile(int file, std::uint64_t offset, std::size_t count,
                                           error_code& ec) {
  if (!tls_) {
    auto position = static_cast<off_t>(offset);
    ssize_t sent = ::sendfile(socket_.native_handle(), file, &position, count);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
      co_await socket_.async_wait(TcpSocket::wait_write, asio::redirect_error(kUseAwaitable, ec));
      if (ec) co_return 0;
      sent = ::sendfile(socket_.native_handle(), file, &position, count);
    }
    if (sent < 0 && errno != EAGAIN && errno != EINTR) ec = FromErrno();
    if (sent == 0) ec = asio::error::eof;
    co_return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  std::vector<char> buffer(std::min(count, kFileBuffer));
  const ssize_t read = ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  if (read <= 0) {
    ec = read < 0 ? FromErrno() : asio::error::eof;
    co_return 0;
  }
  co_return co_await asio::async_write(*tls_,
                                       asio::buffer(buffer.data(), static_cast<std::size_t>(read)),
                                       asio::redirect_error(kUseAwaitable, ec));
}

Awaitable<void> Transport::ShutdownWrite() {
  error_code ignored;
  if (tls_) {
    co_await tls_->async_shutdown(asio::redirect_error(kUseAwaitable, ignored));
  }
  socket_.shutdown(TcpSocket::shutdown_send, ignored);
}

void Transport::Cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Transport::Close(bool reset) {
  error_code ignored;
  if (reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace freshet::net
