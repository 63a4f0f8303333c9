#include "net/client/testing/loopback_server.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <thread>

#include "base/async.h"
#include "base/mutex.h"
#include "base/text.h"

namespace freshet::net {
namespace {

using boost::asio::ip::tcp;
using Socket = boost::asio::basic_stream_socket<tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<tcp, Executor>;

std::size_t ContentLength(std::string_view request) {
  const std::string head = ToLower(request);
  const auto at = head.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::strtoull(head.c_str() + at + 17, nullptr, 10);
}

}  // namespace

std::string LoopbackResponse(int status, std::string_view body,
                             std::vector<std::pair<std::string, std::string>> headers) {
  std::string response = fmt::format("HTTP/1.1 {} Status\r\n", status);
  for (const auto& [name, value] : headers) response += fmt::format("{}: {}\r\n", name, value);
  return response + fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

struct LoopbackServer::Impl {
  explicit Impl(Handler h)
      : handler(std::move(h)),
        acceptor(context.get_executor(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        port(acceptor.local_endpoint().port()) {
    boost::asio::co_spawn(context.get_executor(), Accept(), boost::asio::detached);
    thread = std::thread([this] { context.run(); });
  }
  ~Impl() {
    context.stop();
    thread.join();
  }

  Awaitable<void> Accept() {
    for (;;) {
      Socket socket = co_await acceptor.async_accept(kUseAwaitable);
      {
        MutexLock lock(mutex);
        ++connections;
      }
      boost::asio::co_spawn(context.get_executor(), Serve(std::move(socket)),
                            boost::asio::detached);
    }
  }

  Awaitable<void> Serve(Socket socket) {
    std::string buffer;
    boost::system::error_code gone;
    const auto ends = [&gone] { return boost::asio::redirect_error(kUseAwaitable, gone); };
    for (;;) {
      const std::size_t head = co_await boost::asio::async_read_until(
          socket, boost::asio::dynamic_buffer(buffer), "\r\n\r\n", ends());
      if (gone) co_return;
      LoopbackRequest request{.head = buffer.substr(0, head)};
      const std::size_t whole = head + ContentLength(request.head);
      if (buffer.size() < whole) {
        co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(buffer),
                                         boost::asio::transfer_exactly(whole - buffer.size()),
                                         ends());
        if (gone) co_return;
      }
      request.body = buffer.substr(head, whole - head);
      buffer.erase(0, whole);
      const auto space = request.head.find(' ');
      request.method = request.head.substr(0, space);
      request.target =
          request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
      {
        MutexLock lock(mutex);
        requests.push_back(request);
      }
      const auto response = handler(request);
      if (!response) continue;
      co_await boost::asio::async_write(socket, boost::asio::buffer(*response), ends());
      if (gone || response->find("Connection: close") != std::string::npos) co_return;
    }
  }

  const Handler handler;
  boost::asio::io_context context{1};
  Acceptor acceptor;
  const std::uint16_t port;
  Mutex mutex;
  int connections GUARDED_BY(mutex) = 0;
  std::vector<LoopbackRequest> requests GUARDED_BY(mutex);
  std::thread thread;
};

LoopbackServer::LoopbackServer(Handler handler)
    : impl_(std::make_unique<Impl>(std::move(handler))) {}
LoopbackServer::~LoopbackServer() = default;

std::uint16_t LoopbackServer::port() const { return impl_->port; }
std::string LoopbackServer::Url(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", impl_->port, path);
}
int LoopbackServer::connections() const {
  MutexLock lock(impl_->mutex);
  return impl_->connections;
}
std::vector<LoopbackRequest> LoopbackServer::requests() const {
  MutexLock lock(impl_->mutex);
  return impl_->requests;
}

}  // namespace freshet::net
