#include "net/http/http_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace freshet::net {
namespace {

constexpr std::size_t kMethods = 7;
constexpr std::size_t kClasses = 5;
constexpr std::array<const char*, 12> kReasons{
    "connections", "header_timeout", "body_timeout", "write_timeout", "header_limit", "body_limit",
    "malformed",   "method",         "version",      "expectation",   "upgrade",      "tls"};

}  // namespace

HttpMetrics::HttpMetrics(Metrics& metrics)
    : seconds(metrics.GetHistogram("freshet_http_request_seconds",
                                   "From the whole request to its answer, in seconds.")),
      connections(metrics.GetGauge("freshet_http_connections", "Open connections.")),
      websockets(metrics.GetGauge("freshet_http_websockets", "Open WebSockets.")),
      exceptions(metrics.GetCounter("freshet_http_exceptions_total",
                                    "Exceptions that left the service; each became a 500.")) {
  for (std::size_t method = 0; method <= kMethods; ++method) {
    const std::string name =
        method < kMethods ? std::string(Name(static_cast<Method>(method))) : "other";
    for (std::size_t status = 1; status <= kClasses; ++status)
      requests_.push_back(
          metrics.GetCounter("freshet_http_requests_total", "Requests that were answered.",
                             {{"method", name}, {"status", fmt::format("{}xx", status)}}));
  }
  for (const char* reason : kReasons)
    refused_.push_back(metrics.GetCounter("freshet_http_refused_total",
                                          "Connections and requests refused before the service.",
                                          {{"reason", reason}}));
}

void HttpMetrics::Answered(std::optional<Method> method, int status) {
  const std::size_t row = method ? static_cast<std::size_t>(*method) : kMethods;
  const auto column = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  requests_[row * kClasses + column].Add();
}

}  // namespace freshet::net
