#include "net/http/settings.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace freshet::net {
namespace {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> LoadTls(const std::string& certificate,
                                              const std::string& key) {
  if (certificate.empty() && key.empty()) return nullptr;
  if (certificate.empty() || key.empty())
    return Invalid("http.tls_certificate and http.tls_key must be set together");
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code ec;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                       ec);
  context->use_certificate_chain_file(certificate, ec);
  if (ec)
    return Invalid(fmt::format("http.tls_certificate: cannot use {} ({}); it must be a PEM file",
                               certificate, ec.message()));
  context->use_private_key_file(key, ssl::context::pem, ec);
  if (ec)
    return Invalid(fmt::format(
        "http.tls_key: cannot use {} ({}); it must be the certificate's key as a PEM file", key,
        ec.message()));
  // An idle connection then holds no 34 KiB of record buffers.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace

Duration Settings::sweep_interval() const {
  const auto shortest =
      std::min({options.header_timeout, options.body_timeout, options.idle_timeout,
                options.write_timeout, options.websocket_ping_interval});
  return std::clamp(shortest / 4, Duration(5), Duration(200));
}

Result<std::shared_ptr<const Settings>> Settings::From(HttpServerOptions options) {
  ASSIGN_OR_RETURN(auto proxies, TrustedProxies::Parse(options.trusted_proxies));
  ASSIGN_OR_RETURN(auto tls, LoadTls(options.tls_certificate, options.tls_key));
  CrossOrigin cross_origin(options.cors_origins);
  return std::make_shared<const Settings>(Settings{.options = std::move(options),
                                                   .proxies = std::move(proxies),
                                                   .cross_origin = std::move(cross_origin),
                                                   .tls = std::move(tls)});
}

}  // namespace freshet::net
