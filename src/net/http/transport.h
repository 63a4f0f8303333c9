// One accepted socket, with TLS over it or not.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <span>

#include "base/async.h"
#include "net/http/output_batch.h"

namespace freshet::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using TlsStream = boost::asio::ssl::stream<TcpSocket&>;

class Transport {
 public:
  // Plain when `tls` is null.
  Transport(TcpSocket socket, std::shared_ptr<boost::asio::ssl::context> tls);

  bool secure() const { return tls_ != nullptr; }
  TcpSocket& socket() { return socket_; }
  TlsStream& tls() { return *tls_; }

  Awaitable<void> Handshake(boost::system::error_code& ec);
  // At least one byte, or an error; the end of what the peer sends is one.
  Awaitable<std::size_t> ReadSome(std::span<char> room, boost::system::error_code& ec);
  static bool IsEnd(const boost::system::error_code& ec);
  // Waits without reading until the connection has failed, or Cancel or Close was called. False
  // when the wait ended for another reason and would do so again at once.
  Awaitable<bool> Failed();

  enum class Written { kAll, kBlocked, kFailed };
  // Writes as much as the kernel takes at once. Only for plain sockets.
  Written TryWrite(OutputBatch& batch);
  // Waits until TryWrite can go on; for TLS, writes the next piece of the batch.
  Awaitable<void> WriteMore(OutputBatch& batch, boost::system::error_code& ec);

  // Copies from a file without passing through this process (TLS: through a buffer). Returns how
  // many bytes went, at most `count`. Errors: end of file when the file is shorter than it was.
  Awaitable<std::size_t> SendFile(int file, std::uint64_t offset, std::size_t count,
                                  boost::system::error_code& ec);

  // Says that no more will be written.
  Awaitable<void> ShutdownWrite();
  // Ends every pending operation with an error.
  void Cancel();
  // Closes at once; with `reset` the peer learns that the connection did not end as it should.
  void Close(bool reset);

 private:
  TcpSocket socket_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace freshet::net
