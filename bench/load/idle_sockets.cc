#include "load/idle_sockets.h"

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <deque>
#include <string_view>

namespace freshet::bench {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

class IdleSockets {
 public:
  IdleSockets(const IdleSocketsPlan& plan, const std::function<std::string(std::uint64_t)>& upgrade,
              const std::function<void(const IdleSocketsReport&)>& ready)
      : plan_(plan), upgrade_(upgrade), ready_(ready), io_(1), input_(io_, dup(STDIN_FILENO)) {}

  IdleSocketsReport Run() {
    AwaitEndOfInput();
    for (std::uint64_t i = 0; i < plan_.opening; ++i) OpenNext();
    io_.run();
    return std::move(report_);
  }

 private:
  struct Socket {
    explicit Socket(boost::asio::io_context& io) : tcp_socket(io) {}
    tcp::socket tcp_socket;
    std::string handshake;
  };

  void OpenNext() {
    if (started_ == plan_.count) return;
    Socket& socket = sockets_.emplace_back(io_);
    socket.handshake = upgrade_(started_++);
    socket.tcp_socket.async_connect(plan_.server, [this, &socket](error_code error) {
      if (error) return Opened(false);
      boost::asio::async_write(socket.tcp_socket, boost::asio::buffer(socket.handshake),
                               [this, &socket](error_code failed, std::size_t) {
                                 if (failed) return Opened(false);
                                 ReadAnswer(socket);
                               });
    });
  }

  void ReadAnswer(Socket& socket) {
    socket.tcp_socket.async_read_some(boost::asio::buffer(dropped_),
                                      [this, &socket](error_code error, std::size_t got) {
                                        const std::string_view answer(dropped_.data(), got);
                                        if (error || !answer.starts_with("HTTP/1.1 101"))
                                          return Opened(false);
                                        socket.handshake = {};
                                        Read(socket);
                                        Opened(true);
                                      });
  }

  // One buffer for all.
  void Read(Socket& socket) {
    socket.tcp_socket.async_read_some(boost::asio::buffer(dropped_),
                                      [this, &socket](error_code error, std::size_t got) {
                                        if (error) return;
                                        Note(std::string_view(dropped_.data(), got));
                                        Read(socket);
                                      });
  }

  void Note(std::string_view message) {
    constexpr std::string_view kSent = "sent ";
    const std::size_t at = message.find(kSent);
    if (at == std::string_view::npos) return;
    message.remove_prefix(at + kSent.size());
    std::int64_t sent = 0;
    if (std::from_chars(message.data(), message.data() + message.size(), sent).ec != std::errc())
      return;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    report_.pushes.Record(now - std::chrono::nanoseconds(sent));
  }

  void Opened(bool opened) {
    ++(opened ? report_.open : report_.failed);
    if (report_.open + report_.failed == plan_.count) return ready_(report_);
    OpenNext();
  }

  void AwaitEndOfInput() {
    input_.async_read_some(boost::asio::buffer(input_buffer_),
                           [this](error_code error, std::size_t) {
                             if (error) return io_.stop();
                             AwaitEndOfInput();
                           });
  }

  const IdleSocketsPlan& plan_;
  const std::function<std::string(std::uint64_t)>& upgrade_;
  const std::function<void(const IdleSocketsReport&)>& ready_;
  boost::asio::io_context io_;
  boost::asio::posix::stream_descriptor input_;
  std::deque<Socket> sockets_;
  std::uint64_t started_ = 0;
  IdleSocketsReport report_;
  std::array<char, 65'536> dropped_;
  std::array<char, 64> input_buffer_;
};

}  // namespace

IdleSocketsReport HoldIdleSockets(const IdleSocketsPlan& plan,
                                  const std::function<std::string(std::uint64_t)>& upgrade,
                                  const std::function<void(const IdleSocketsReport&)>& ready) {
  return IdleSockets(plan, upgrade, ready).Run();
}

}  // namespace freshet::bench
