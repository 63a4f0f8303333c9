// The configuration of the HTTP server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"

namespace freshet::net {

// The header in which the trusted proxies put the client's address. Only this one is believed: a
// proxy passes the other on as the client sent it.
enum class ProxyHeader { kXForwarded, kForwarded };
enum class AccessLog { kOff, kDebug, kInfo };

}  // namespace freshet::net

template <>
struct freshet::Enumerators<freshet::net::ProxyHeader> {
  static constexpr std::array kNames{
      std::pair{freshet::net::ProxyHeader::kXForwarded, "x_forwarded"},
      std::pair{freshet::net::ProxyHeader::kForwarded, "forwarded"}};
};
template <>
struct freshet::Enumerators<freshet::net::AccessLog> {
  static constexpr std::array kNames{std::pair{freshet::net::AccessLog::kOff, "off"},
                                     std::pair{freshet::net::AccessLog::kDebug, "debug"},
                                     std::pair{freshet::net::AccessLog::kInfo, "info"}};
};

namespace freshet::net {

struct HttpServerOptions {
  std::string listen = "127.0.0.1:8080";
  std::int64_t backlog = 1024;
  std::int64_t max_connections = 20'000;
  Duration header_timeout{10'000};
  Duration body_timeout{30'000};
  Duration idle_timeout{75'000};
  Duration write_timeout{30'000};
  std::int64_t max_header_bytes = 16'384;
  std::int64_t max_pipeline = 64;
  std::vector<std::string> trusted_proxies{};
  ProxyHeader proxy_header = ProxyHeader::kXForwarded;
  std::string tls_certificate{};
  std::string tls_key{};
  std::int64_t gzip_min_bytes = 1'024;
  std::vector<std::string> cors_origins{};
  std::int64_t websocket_max_message = 65'536;
  std::int64_t websocket_send_queue = 256;
  Duration websocket_ping_interval{30'000};
  AccessLog access_log = AccessLog::kDebug;

  static constexpr auto Describe() {
    using O = HttpServerOptions;
    return Description(
        "http", "The HTTP and WebSocket server.",
        Field("listen", &O::listen).Doc("Address and port; \"[::]:8080\" for every interface."),
        Field("backlog", &O::backlog)
            .Range(1, 65'535)
            .Doc("Connections that the kernel holds before they are accepted."),
        Field("max_connections", &O::max_connections)
            .Range(1, 10'000'000)
            .Doc("Open connections; more are answered 503 and closed.")
            .Reloadable(),
        Field("header_timeout", &O::header_timeout)
            .Range(1, 600'000)
            .Unit("ms")
            .Doc(
                "From the first byte of a request, or from the connection, to the end of its head.")
            .Reloadable(),
        Field("body_timeout", &O::body_timeout)
            .Range(1, 3.6e6)
            .Unit("ms")
            .Doc("For each 64 KiB of a request's body.")
            .Reloadable(),
        Field("idle_timeout", &O::idle_timeout)
            .Range(1, 3.6e6)
            .Unit("ms")
            .Doc("Between two requests of a connection.")
            .Reloadable(),
        Field("write_timeout", &O::write_timeout)
            .Range(1, 3.6e6)
            .Unit("ms")
            .Doc("For a client to take the next bytes of an answer.")
            .Reloadable(),
        Field("max_header_bytes", &O::max_header_bytes)
            .Range(1'024, 1'048'576)
            .Unit("bytes")
            .Doc("Request line and header fields together; also each chunk's head and the trailer.")
            .Reloadable(),
        Field("max_pipeline", &O::max_pipeline)
            .Range(1, 10'000)
            .Doc("Answers that are held back to be written together.")
            .Reloadable(),
        Field("trusted_proxies", &O::trusted_proxies)
            .Doc("Networks in CIDR notation whose proxy_header is believed.")
            .Reloadable(),
        Field("proxy_header", &O::proxy_header)
            .Doc("Which header these proxies set: x_forwarded (X-Forwarded-For, X-Forwarded-Proto) "
                 "or forwarded (RFC 7239).")
            .Reloadable(),
        Field("tls_certificate", &O::tls_certificate)
            .Doc("File with the certificate chain in PEM; empty for plain HTTP.")
            .Reloadable(),
        Field("tls_key", &O::tls_key)
            .Doc("File with the certificate's private key in PEM.")
            .Reloadable(),
        Field("gzip_min_bytes", &O::gzip_min_bytes)
            .Range(0, 1e9)
            .Unit("bytes")
            .Doc("Smaller bodies are sent as they are.")
            .Reloadable(),
        Field("cors_origins", &O::cors_origins)
            .Doc("Origins whose pages may call from a browser; \"*\" for all.")
            .Reloadable(),
        Field("websocket_max_message", &O::websocket_max_message)
            .Range(1, 1e8)
            .Unit("bytes")
            .Doc("A longer message closes the connection (1009).")
            .Reloadable(),
        Field("websocket_send_queue", &O::websocket_send_queue)
            .Range(1, 1e6)
            .Doc("Messages waiting for a slow client; one more closes it (1013).")
            .Reloadable(),
        Field("websocket_ping_interval", &O::websocket_ping_interval)
            .Range(10, 3.6e6)
            .Unit("ms")
            .Doc("A client that was silent for two of these is cut.")
            .Reloadable(),
        Field("access_log", &O::access_log)
            .Doc("The level of the line that each request leaves, with the trace id of its "
                 "traceparent: off, debug or info.")
            .Reloadable());
  }
};

}  // namespace freshet::net
