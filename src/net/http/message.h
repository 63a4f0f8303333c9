// What an HTTP request and its answer are to the rest of the program, without the library that
// parses them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace freshet::net {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

// "GET", "HEAD", ...
std::string_view Name(Method method);

// Header fields in the order in which they were sent; names compare without case.
class HeaderFields {
 public:
  // The first field of this name, or an empty text.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  void Add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }
  // Replaces every field of this name by one.
  void Set(std::string_view name, std::string_view value);
  void Reserve(std::size_t count) { fields_.reserve(count); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  Method method = Method::kGet;
  std::string path;   // as sent, before "?", still percent-encoded
  std::string query;  // as sent, after "?", still percent-encoded
  HeaderFields headers;
  std::string body;
  std::string
      remote_address;      // of the client; taken from Forwarded only when a trusted proxy says so
  std::string request_id;  // the client's X-Request-Id where it is sane, else a new one
  bool secure = false;     // TLS, here or at a trusted proxy
  SteadyTime received_at;
};

// Sends the body of an answer piece by piece.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // Returns when the piece is on its way and there is room for the next.
  // Errors: kUnavailable (the client is gone), kDeadline (it reads too slowly).
  virtual Awaitable<Result<>> Write(std::string_view piece) = 0;

  // Asks bodies that wait for something to send to stop, because the client is gone. Callbacks of
  // both tokens run on the body's io thread.
  virtual std::stop_token gone() const { return {}; }
  // Stopped when the client has finished sending: it has closed the connection, or it only reads
  // from now on. Write something, and one that has closed will soon be known to be gone.
  virtual std::stop_token finished_sending() const { return {}; }
};

class WebSocket;  // net/http/websocket.h

struct FileBody {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
// Called once the head is sent; the answer ends when it returns. An error cuts the connection, so
// that the client sees that the answer is incomplete.
using StreamBody = std::function<Awaitable<Result<>>(BodyWriter&)>;
// Called once the connection speaks WebSocket; the connection closes when it returns.
using UpgradeBody = std::function<Awaitable<void>(WebSocket&)>;

struct Response {
  int status = 200;
  HeaderFields headers;
  std::variant<std::string, std::shared_ptr<const std::string>, FileBody, StreamBody, UpgradeBody>
      body;
};

// What the server needs to know before it reads a request's body.
struct RequestPolicy {
  std::size_t body_limit = 0;  // bytes; beyond it the answer is 413
};

// The program behind the server. Thread-safe; called on the io thread of the connection.
class HttpService {
 public:
  virtual ~HttpService() = default;
  virtual RequestPolicy Policy(Method method, std::string_view path) = 0;
  virtual Awaitable<Response> Handle(Request request) = 0;
  // The answer to what never became a Request: 400, 408, 413, 414, 431, 503 and the like, in the
  // program's own error format.
  virtual Response Refuse(int status, std::string_view detail, std::string_view request_id) = 0;
};

}  // namespace freshet::net
