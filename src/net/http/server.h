// The HTTP/1.1 and WebSocket server.
//
//   HttpServer server(options, service, io, clock, logger, metrics);
//   RETURN_IF_ERROR(server.Start());
//   ...
//   co_await server.Drain(Deadline::After(clock, Duration(10'000)));
#pragma once

#include <cstdint>
#include <memory>

#include "base/async.h"
#include "base/clock.h"
#include "base/io_threads.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/http/message.h"
#include "net/http/options.h"

namespace freshet::net {

// Thread-safe. Each connection stays on one io thread, where the service is called for it; one
// acceptor deals connections out in turn. (SO_REUSEPORT lets the kernel choose by hash: over two
// threads, eight connections fell 4:4 in 30 % of 500 trials and 6:2 or worse in 29 %.)
class HttpServer {
 public:
  HttpServer(HttpServerOptions options, HttpService& service, IoThreads& io, const Clock& clock,
             Logger& logger, Metrics& metrics);
  // Cuts what Drain has left. Not on an io thread. A call of the service that is still suspended
  // then goes on to its end, so the service must outlive the io threads or have stopped its work.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and listens. Errors: kInvalid (an option), kConflict (the address is in use), kForbidden,
  // kUnavailable; each says what to do.
  Result<> Start();
  // The port that Start has bound, also when options.listen asked for port 0.
  std::uint16_t bound_port() const;

  // Stops accepting, closes idle connections at once and WebSockets with 1001, lets requests under
  // way finish (their answers say "Connection: close"), and cuts the rest at the deadline.
  Awaitable<> Drain(Deadline deadline);

  // Takes over every option that is described as reloadable; connections stay open, and those under
  // TLS keep their certificate. Errors: kInvalid, and then nothing has changed.
  Result<> Reconfigure(HttpServerOptions options);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::net
