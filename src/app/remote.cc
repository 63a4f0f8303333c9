#include "app/remote.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "base/io_threads.h"
#include "net/http/server.h"

namespace freshet::app {
namespace {

constexpr Duration kCallDeadline{60'000};
constexpr Duration kDownloadDeadline{3'600'000};
constexpr std::size_t kMostDownloaded = std::size_t{1} << 40;

ErrorKind KindOf(int status) {
  switch (status) {
    case 401: return ErrorKind::kUnauthenticated;
    case 403: return ErrorKind::kForbidden;
    case 404: return ErrorKind::kNotFound;
    case 409: return ErrorKind::kConflict;
    case 429: return ErrorKind::kExhausted;
    default: return status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kInvalid;
  }
}

std::string DetailOf(const net::ClientResponse& response) {
  boost::system::error_code wrong;
  const auto problem = boost::json::parse(response.body, wrong);
  if (!wrong && problem.is_object()) {
    if (const auto* detail = problem.as_object().if_contains("detail");
        detail && detail->is_string()) {
      return std::string(detail->as_string());
    }
  }
  return fmt::format("the server answered {}", response.status);
}

net::HttpClientOptions ClientOptions(const Config& config) {
  auto options = config.Get<net::HttpClientOptions>();
  if (options.ca_file.empty()) {
    options.ca_file = config.Get<net::HttpServerOptions>().tls_certificate;
  }
  options.request_timeout = kDownloadDeadline;  // each call has a deadline of its own
  return options;
}

}  // namespace

Remote::Remote(std::string server, std::string token, const Config& config, Platform& platform)
    : server_(std::move(server)),
      token_(std::move(token)),
      platform_(platform),
      client_(ClientOptions(config), platform.clock, platform.logger, platform.metrics) {}

Result<std::string> Remote::Call(net::Method method, const std::string& path, std::string body) {
  ASSIGN_OR_RETURN(auto response,
                   Send({.method = method, .body = std::move(body)}, path, kCallDeadline));
  return std::move(response.body);
}

Result<> Remote::Download(const std::string& path, std::function<bool(std::string_view)> sink) {
  RETURN_IF_ERROR(Send({.max_response_bytes = kMostDownloaded, .on_body = std::move(sink)}, path,
                       kDownloadDeadline));
  return {};
}

Result<net::ClientResponse> Remote::Send(net::ClientRequest request, const std::string& path,
                                         Duration within) {
  request.url = server_ + path;
  request.headers.Add("Authorization", "Bearer " + token_);
  if (!request.body.empty()) request.headers.Add("Content-Type", "application/json");
  ASSIGN_OR_RETURN(
      auto response,
      RunBlocking(client_.Send(std::move(request), Deadline::After(platform_.clock, within))));
  if (response.status >= 300) return Failure(Error(KindOf(response.status), DetailOf(response)));
  return response;
}

}  // namespace freshet::app
