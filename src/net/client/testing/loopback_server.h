// A small HTTP/1.1 server on 127.0.0.1 for tests of what calls others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::net {

struct LoopbackRequest {
  std::string method = {};
  std::string target = {};  // path and query
  std::string head = {};    // the request line and the header fields, as sent
  std::string body = {};
};

// A whole response with Content-Length, ready to be sent.
std::string LoopbackResponse(int status, std::string_view body,
                             std::vector<std::pair<std::string, std::string>> headers = {});

// Thread-safe. Serves from a thread of its own until it is destroyed; then every connection is cut.
class LoopbackServer {
 public:
  // Called on the server's thread for each request. Returns the bytes of the response, after which
  // the connection stays open unless they contain "Connection: close"; nothing to leave the client
  // waiting.
  using Handler = std::function<std::optional<std::string>(const LoopbackRequest&)>;

  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const;
  // "http://127.0.0.1:<port><path>"
  std::string Url(std::string_view path) const;
  int connections() const;  // accepted so far
  std::vector<LoopbackRequest> requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::net
