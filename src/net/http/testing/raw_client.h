// A client that sends exactly the bytes it is told to, for tests of the server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/message.h"

struct ssl_st;

namespace freshet::net::testing {

struct Received {
  int status = 0;  // 0: the connection ended before an answer was complete
  HeaderFields headers;
  std::string body;  // without chunked framing
  std::string raw;   // head and body as they came

  std::string Get(std::string_view name) const { return std::string(headers.Get(name)); }
};

struct Frame {
  int opcode = -1;  // -1: the connection ended
  std::string payload;
  std::uint16_t close_code() const;
};

// Blocking. Whatever does not come within ten seconds counts as the end of the connection.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, bool tls = false, int receive_buffer = 0);
  ~RawClient();
  RawClient(RawClient&&) noexcept;

  void Send(std::string_view bytes);
  // One byte in a packet of its own, as often as the peer takes it; returns whether it took all.
  bool Trickle(std::string_view bytes);
  void FinishSending();
  // Closes in such a way that the peer sees a failure.
  void Reset();

  // `to_head`: the request was HEAD, so no body follows.
  Received Receive(bool to_head = false);
  // Send and Receive. `fields` are whole lines with CRLF; Host is added.
  Received Get(std::string_view path, std::string_view fields = {});
  Received Request(std::string_view method, std::string_view path, std::string_view fields = {},
                   std::string_view body = {});
  // Whether `mark` came; what comes up to its end is gone then.
  bool ReceiveUntil(std::string_view mark);
  // Everything until the peer closes.
  std::string ReceiveAll();
  // Waits for the end of the connection; false when bytes come instead, or nothing happens.
  bool IsClosed();
  // Whether the peer answered with a reset.
  bool was_reset() const { return reset_; }
  // Bytes that have arrived already, without waiting.
  std::size_t Pending();

  // WebSocket. Shake sends the handshake and returns its answer.
  Received Shake(std::string_view path, std::string_view fields = {});
  void SendFrame(int opcode, std::string_view payload, bool last = true, bool masked = true);
  void SendText(std::string_view text) { SendFrame(1, text); }
  Frame ReceiveFrame();

  // SHA-256 of the peer's certificate.
  std::string CertificateDigest() const;

 private:
  bool Fill();  // more bytes into buffer_; false at the end
  bool FillTo(std::size_t size);
  std::string Take(std::size_t size);
  std::string TakeLine();

  int socket_ = -1;
  ssl_st* tls_ = nullptr;
  bool reset_ = false;
  std::string buffer_;
};

}  // namespace freshet::net::testing
