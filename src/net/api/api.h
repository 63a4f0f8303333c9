// The HTTP API: a table of routes, served.
//
//   Routes routes;
//   posts.AddRoutes(routes);
//   Api api(std::move(routes), options, {authenticator, limiter, idempotency, clock, logger,
//           metrics});
//   HttpServer server(api, ...);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/api/audit_trail.h"
#include "net/api/authenticator.h"
#include "net/api/idempotency.h"
#include "net/api/rate_limiter.h"
#include "net/api/routes.h"
#include "net/http/message.h"

namespace freshet::net {

struct HttpApiOptions {
  Duration request_deadline{5000};
  Duration edge_lifetime{0};

  static constexpr auto Describe() {
    return Description("http_api", "How requests are served.",
                       Field("request_deadline", &HttpApiOptions::request_deadline)
                           .Range(100, 600'000)
                           .Unit("ms")
                           .Doc("Until a request must have been answered."),
                       Field("edge_lifetime", &HttpApiOptions::edge_lifetime)
                           .Range(0, 3.6e6)
                           .Unit("ms")
                           .Doc("How long caches in front of the server may keep public posts, "
                                "profiles and lists for readers without a token; 0: not at all. "
                                "They know them by Surrogate-Key. What is deleted or made private "
                                "may be seen there that much longer."));
  }
};

// What stands beside the API on the same server: answers a GET or HEAD of a path at which there is
// no route, or nothing when it is not for it either. Thread-safe.
using Pages = std::function<std::optional<Response>(const Request&)>;

// What an Api is made of; all must outlive it.
struct ApiParts {
  Authenticator& authenticator;
  RateLimiter& rate_limiter;
  IdempotencyStore& idempotency;
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
  AuditTrail* audit = nullptr;  // told of every write with the scope admin; null: nobody is told
  Pages pages = {};
};

// Serves the routes, and beside them GET /openapi.json and GET /docs, which describe all of them.
// In this order it finds the route, authenticates, limits the rate, checks the scope, negotiates
// the media type, looks the Idempotency-Key up, reads the arguments, calls, renders. Metrics:
// freshet_api_requests_total{route,status} and freshet_api_request_seconds{route}; the route of the
// pages is "page", that of no route at all "none". Thread-safe.
class Api final : public HttpService {
 public:
  // Throws std::logic_error when the routes contradict each other.
  Api(Routes routes, const HttpApiOptions& options, ApiParts parts);
  ~Api() override;

  RequestPolicy Policy(Method method, std::string_view path) override;
  Awaitable<Response> Handle(Request request) override;
  Response Refuse(int status, std::string_view detail, std::string_view request_id) override;

  const Routes& routes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::net
