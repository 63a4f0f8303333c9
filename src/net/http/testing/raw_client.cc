#include "net/http/testing/raw_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "base/bytes.h"

namespace freshet::net::testing {

std::uint16_t Frame::close_code() const {
  if (opcode != 8 || payload.size() < 2) return 0;
  return static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) * 256 +
                                    static_cast<unsigned char>(payload[1]));
}

RawClient::RawClient(std::uint16_t port, bool tls, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
  if (!tls) return;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  tls_ = SSL_new(context);
  SSL_CTX_free(context);
  SSL_set_fd(tls_, socket_);
  if (SSL_connect(tls_) != 1) throw std::runtime_error("TLS handshake failed");
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      tls_(std::exchange(other.tls_, nullptr)),
      reset_(other.reset_),
      buffer_(std::move(other.buffer_)) {}

RawClient::~RawClient() {
  SSL_free(tls_);
  if (socket_ >= 0) ::close(socket_);
}

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = tls_ != nullptr
                           ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;  // what comes back tells
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawClient::Trickle(std::string_view bytes) {
  for (const char& byte : bytes) {
    if (::send(socket_, &byte, 1, MSG_NOSIGNAL) != 1) return false;
  }
  return true;
}

void RawClient::FinishSending() { ::shutdown(socket_, SHUT_WR); }

void RawClient::Reset() {
  const linger abort{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  ::close(std::exchange(socket_, -1));
}

bool RawClient::Fill() {
  std::array<char, 65'536> bytes;
  const auto count = tls_ != nullptr ? SSL_read(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                     : ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count < 0 && errno == ECONNRESET) reset_ = true;
  if (count <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool RawClient::FillTo(std::size_t size) {
  while (buffer_.size() < size) {
    if (!Fill()) return false;
  }
  return true;
}

std::string RawClient::Take(std::size_t size) {
  if (!FillTo(size)) return {};
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

std::string RawClient::TakeLine() {
  while (!buffer_.contains("\r\n")) {
    if (!Fill()) return {};
  }
  return Take(buffer_.find("\r\n") + 2);
}

Received RawClient::Receive(bool to_head) {
  Received received;
  std::string line = TakeLine();
  received.raw = line;
  const int status = line.size() > 12 ? std::stoi(line.substr(9, 3)) : 0;
  for (line = TakeLine(); line.size() > 2; line = TakeLine()) {
    received.raw += line;
    const auto colon = line.find(':');
    received.headers.Add(line.substr(0, colon), line.substr(colon + 2, line.size() - colon - 4));
  }
  if (line.empty()) return received;
  received.raw += line;
  received.status = status;
  if (to_head || status < 200 || status == 204 || status == 304) return received;
  if (received.headers.Get("Transfer-Encoding") == "chunked") {
    for (;;) {
      const std::string head = TakeLine();
      if (head.empty()) return received.status = 0, received;
      const std::size_t size = std::stoul(head, nullptr, 16);
      const std::string chunk = Take(size + 2);
      if (chunk.empty()) return received.status = 0, received;
      received.body += chunk.substr(0, size);
      if (size == 0) break;
    }
  } else if (received.headers.Has("Content-Length")) {
    const std::size_t size = std::stoul(received.Get("Content-Length"));
    if (!FillTo(size)) received.status = 0;
    received.body = Take(size);
  } else {
    received.body = ReceiveAll();
  }
  received.raw += received.body;
  return received;
}

Received RawClient::Request(std::string_view method, std::string_view path, std::string_view fields,
                            std::string_view body) {
  const std::string length =
      body.empty() ? std::string() : fmt::format("Content-Length: {}\r\n", body.size());
  Send(fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n{}{}\r\n{}", method, path, fields, length,
                   body));
  return Receive(method == "HEAD");
}

Received RawClient::Get(std::string_view path, std::string_view fields) {
  return Request("GET", path, fields);
}

bool RawClient::ReceiveUntil(std::string_view mark) {
  while (!buffer_.contains(mark)) {
    if (!Fill()) return false;
  }
  buffer_.erase(0, buffer_.find(mark) + mark.size());
  return true;
}

std::string RawClient::ReceiveAll() {
  while (Fill()) continue;
  return std::exchange(buffer_, {});
}

bool RawClient::IsClosed() {
  if (!buffer_.empty()) return false;
  if (tls_ != nullptr) {
    char byte = 0;
    return SSL_read(tls_, &byte, 1) <= 0;
  }
  char byte = 0;
  const ssize_t count = ::recv(socket_, &byte, 1, 0);
  if (count < 0) reset_ = errno == ECONNRESET;
  return count == 0 || reset_;
}

std::size_t RawClient::Pending() {
  int count = 0;
  ::ioctl(socket_, FIONREAD, &count);
  return buffer_.size() + static_cast<std::size_t>(count);
}

Received RawClient::Shake(std::string_view path, std::string_view fields) {
  return Get(path, fmt::format("Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                               "Sec-WebSocket-Version: 13\r\n{}",
                               fields));
}

void RawClient::SendFrame(int opcode, std::string_view payload, bool last, bool masked) {
  std::string frame;
  frame += static_cast<char>((last ? 0x80 : 0) | opcode);
  const char mask_bit = masked ? static_cast<char>(0x80) : '\0';
  if (payload.size() < 126) {
    frame += static_cast<char>(mask_bit | static_cast<char>(payload.size()));
  } else if (payload.size() < 65'536) {
    frame += static_cast<char>(mask_bit | 126);
    for (const int shift : {8, 0}) frame += static_cast<char>(payload.size() >> shift);
  } else {
    frame += static_cast<char>(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      frame += static_cast<char>(payload.size() >> shift);
  }
  constexpr std::string_view kMask = "mask";
  if (masked) frame += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += masked ? static_cast<char>(payload[i] ^ kMask[i % 4]) : payload[i];
  Send(frame);
}

Frame RawClient::ReceiveFrame() {
  const std::string head = Take(2);
  if (head.empty()) return {};
  Frame frame;
  std::size_t size = static_cast<unsigned char>(head[1]) & 0x7f;
  if (size >= 126) {
    const std::string extended = Take(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : extended) size = size * 256 + static_cast<unsigned char>(c);
  }
  frame.payload = Take(size);
  if (frame.payload.size() == size) frame.opcode = head[0] & 0x0f;
  return frame;
}

std::string RawClient::CertificateDigest() const {
  X509* certificate = SSL_get1_peer_certificate(tls_);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  X509_free(certificate);
  return EncodeHex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace freshet::net::testing
