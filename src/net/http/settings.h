// The options in the form in which connections use them.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.h"
#include "net/http/client_address.h"
#include "net/http/cors.h"
#include "net/http/options.h"

namespace freshet::net {

// Immutable; shared by the connections that were served under it.
struct Settings {
  HttpServerOptions options;
  TrustedProxies proxies;
  CrossOrigin cross_origin;
  std::shared_ptr<boost::asio::ssl::context> tls;  // null for plain HTTP

  std::size_t header_limit() const { return static_cast<std::size_t>(options.max_header_bytes); }
  // How often deadlines are looked at: often enough for the shortest, at most every 200 ms.
  Duration sweep_interval() const;

  // Errors: kInvalid (a network that is none; a certificate or key that cannot be read or do not
  // match).
  static Result<std::shared_ptr<const Settings>> From(HttpServerOptions options);
};

}  // namespace freshet::net
