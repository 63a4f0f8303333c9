// Calls other programs over HTTP/1.1 and HTTP/2.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/circuit_breaker.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/client/address_filter.h"
#include "net/http/message.h"

namespace freshet::net {

struct HttpClientOptions {
  std::string user_agent = "freshet";
  std::string ca_file;
  std::int64_t max_requests = 4'096;
  std::int64_t max_connections = 256;
  std::int64_t max_connections_per_host = 16;
  std::int64_t max_origins = 4'096;
  Duration connect_timeout{5'000};
  Duration request_timeout{60'000};
  Duration dns_cache{60'000};
  CircuitBreakerOptions breaker = {};  // a section of its own in the configuration

  static constexpr auto Describe() {
    return Description(
        "http_client", "How other programs are called over HTTP.",
        Field("user_agent", &HttpClientOptions::user_agent)
            .Length(0, 200)
            .Doc("User-Agent of requests that bring none."),
        Field("ca_file", &HttpClientOptions::ca_file)
            .Doc("PEM file of the certificate authorities to trust; empty: the system's."),
        Field("max_requests", &HttpClientOptions::max_requests)
            .Range(1, 1e6)
            .Doc("Requests under way or waiting for a connection; more are refused."),
        Field("max_connections", &HttpClientOptions::max_connections)
            .Range(1, 65'536)
            .Doc("Open connections; further requests wait."),
        Field("max_connections_per_host", &HttpClientOptions::max_connections_per_host)
            .Range(1, 65'536)
            .Doc("Open connections to one host; further requests to it wait."),
        Field("max_origins", &HttpClientOptions::max_origins)
            .Range(1, 1e6)
            .Doc("Origins whose failures are remembered."),
        Field("connect_timeout", &HttpClientOptions::connect_timeout)
            .Range(1, 3.6e6)
            .Unit("ms")
            .Doc("For name resolution, connecting and the TLS handshake together."),
        Field("request_timeout", &HttpClientOptions::request_timeout)
            .Range(1, 3.6e6)
            .Unit("ms")
            .Doc("No request takes longer, however late its deadline."),
        Field("dns_cache", &HttpClientOptions::dns_cache)
            .Range(0, 3.6e6)
            .Unit("ms")
            .Doc("How long resolved names are remembered."));
  }
};

struct ClientRequest {
  Method method = Method::kGet;
  std::string url = {};  // http or https, absolute
  HeaderFields headers = {};
  std::string body = {};     // not with GET and HEAD
  int follow_redirects = 0;  // at most so many, for GET and HEAD; beyond it the request fails
  std::size_t max_response_bytes = std::size_t{8} << 20;  // of the body, decompressed
  bool decompress = true;  // asks for and undoes gzip, deflate, brotli and zstd; the answer's
                           // Content-Encoding and Content-Length still tell what was sent
  bool public_addresses_only = false;  // for URLs that strangers choose
  // Is given the body of a 2xx answer piece by piece, on the client's thread, which it must not
  // hold up for long; the response then comes without. False ends the request (transfer_failed).
  std::function<bool(std::string_view)> on_body = {};
};

struct ClientResponse {
  int status = 0;
  HeaderFields headers;  // of the last response, after redirects
  std::string body;
  std::string url;                 // that answered, after redirects
  int redirects = 0;               // followed
  bool moved_permanently = false;  // every redirect was 301 or 308: `url` replaces the old one
};

// Thread-safe. Reuses connections, verifies certificates, never uses a proxy, keeps no cookies. One
// thread of its own runs libcurl's multi interface with curl_multi_poll: that needs no bridge
// between libcurl's sockets and timers and Asio's, whose lifetimes are hard to get right, and
// leaves the io threads free of TLS and decompression.
class HttpClient {
 public:
  HttpClient(HttpClientOptions options, const Clock& clock, Logger& logger, Metrics& metrics,
             AddressFilter is_public = IsPublicAddress);
  // Requests still under way end with kUnavailable.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Returns the response, whatever its status. A response of 500 and above, a failed connection and
  // a missed deadline count against the origin's circuit breaker.
  // Errors: kInvalid (invalid_url, invalid_header, unexpected_body, scheme_refused,
  // too_many_redirects); kForbidden (address_not_public: it, or where it redirects to);
  // kExhausted (response_too_large; client_busy with retry_after: max_requests reached);
  // kUnavailable (circuit_open with retry_after, resolve_failed, connect_failed, tls_untrusted,
  // transfer_failed); kDeadline.
  Awaitable<Result<ClientResponse>> Send(ClientRequest request, Deadline deadline);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace freshet::net
