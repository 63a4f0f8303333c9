// Bytes of a connection to requests: HTTP/1.1 framing (RFC 9112), with what smuggling needs
// refused.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/http/chunked_decoder.h"
#include "net/http/http_metrics.h"
#include "net/http/message.h"

namespace freshet::net {

struct IncomingRequest {
  Request request;  // without remote_address, request_id, secure and received_at
  bool http11 = true;
  bool keep_alive = true;
  bool upgrade = false;  // "Connection: upgrade"
};

// Reads one request after the other from a stream of bytes. Does no input or output of its own.
//
//   while (...) {
//     switch (reader.Advance(limit)) {
//       case Step::kNeedBytes: n = read(socket, reader.Room()); reader.Received(n); break;
//       case Step::kRequest: handle(reader.Take()); break;
//       case Step::kRefused: answer(reader.refusal()); close();
//     }
//   }
class RequestReader {
 public:
  enum class Step { kNeedBytes, kRequest, kRefused };
  struct Refusal {
    int status = 0;
    RefusedReason reason = RefusedReason::kMalformed;
    std::string_view detail;  // a literal
  };

  // `service` is asked for the policy of each request once its head is read.
  explicit RequestReader(HttpService& service);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Where to put the next bytes; never empty.
  std::span<char> Room();
  void Received(std::size_t count) { end_ += count; }

  // Goes as far as the bytes reach. After kRefused nothing more can be read.
  Step Advance(std::size_t header_limit);
  // The request, after kRequest; the next one may follow in the same bytes.
  IncomingRequest Take();

  // Whether a byte of a request that is not complete has arrived, and whether its head is complete.
  bool started() const { return head_done_ || begin_ < end_; }
  bool head_done() const { return head_done_; }
  // Bytes that Advance has not used.
  std::size_t buffered() const { return end_ - begin_; }
  // Bytes of the body so far.
  std::size_t body_bytes() const { return incoming_.request.body.size(); }
  // Whether the client waits for "100 Continue" before it sends the body. True once.
  bool TakeExpectation();
  // The X-Request-Id of a request that was refused, if it got so far.
  std::string_view request_id() const { return incoming_.request.headers.Get("X-Request-Id"); }
  const Refusal& refusal() const { return refusal_; }

 private:
  struct Parser;
  Step Refuse(int status, RefusedReason reason, std::string_view detail);
  // Finds the end of the head. kRequest here means: found, from begin_ to scanned_.
  Step FindHead(std::size_t header_limit);
  // From begin_ to scanned_.
  Step ParseHead();
  Step ReadBody();
  Step ReadChunks(std::size_t header_limit);
  void CheckTarget(std::string_view target);
  void CheckHead();
  std::string_view line_version() const;

  HttpService& service_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;     // no unseen line feed before
  std::size_t line_start_ = 0;  // of the line that is being scanned
  bool request_line_ = false;   // whether it is behind
  bool head_done_ = false;
  bool expects_continue_ = false;
  bool chunked_ = false;
  std::uint64_t body_left_ = 0;  // of a body with a known length
  std::size_t body_limit_ = 0;
  ChunkedDecoder decoder_;
  std::string authority_;  // of a target in absolute form
  IncomingRequest incoming_;
  Refusal refusal_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace freshet::net
