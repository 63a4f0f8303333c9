#include "net/api/api.h"

#include <fmt/format.h>

#include <array>
#include <unordered_map>
#include <unordered_set>

#include "net/api/admission.h"
#include "net/api/docs_page.h"
#include "net/api/negotiation.h"
#include "net/api/openapi.h"
#include "net/api/problem.h"
#include "net/api/replay.h"
#include "net/api/route_facts.h"
#include "net/api/router.h"

namespace freshet::net {
namespace {

// Room for a "{}" where no body is expected, so that the answer can say so.
constexpr std::size_t kNoBodyLimit = 4096;
constexpr std::size_t kAuditedBody = 500;
constexpr Duration kAuditTime{10'000};
constexpr std::string_view kStrictPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

using Shared = std::shared_ptr<const std::string>;

// What describes the routes; made once all of them are known, these two included.
struct Reference {
  Shared openapi;
  Shared docs;
  std::string docs_policy;
};

void AddReferenceRoutes(Routes& routes, const std::shared_ptr<const Reference>& reference) {
  routes.Get("/openapi.json", Scope::kPublic, RateClass::kRead)
      .Summary("This API as an OpenAPI document")
      .AnswersWith<200>("application/json", "OpenAPI 3.1.")
      .Conditional()
      .Handle([reference](const Caller&) -> Awaitable<Result<RawResponse>> {
        RawResponse answer;
        answer.response.headers.Add("Content-Type", "application/json");
        answer.response.body = reference->openapi;
        co_return answer;
      });
  routes.Get("/docs", Scope::kPublic, RateClass::kRead)
      .Summary("This API as a page to read")
      .AnswersWith<200>("text/html", "The reference.")
      .Conditional()
      .Handle([reference](const Caller&) -> Awaitable<Result<RawResponse>> {
        RawResponse answer;
        answer.response.headers.Add("Content-Type", "text/html; charset=utf-8");
        answer.response.headers.Add("Content-Security-Policy", reference->docs_policy);
        answer.response.body = reference->docs;
        co_return answer;
      });
}

Routes WithReference(Routes routes) {
  auto reference = std::make_shared<Reference>();
  AddReferenceRoutes(routes, reference);
  reference->openapi = std::make_shared<const std::string>(RenderOpenApi(routes));
  DocsPage page = RenderDocsPage(routes);
  reference->docs = std::make_shared<const std::string>(std::move(page.html));
  reference->docs_policy = std::move(page.content_security_policy);
  return routes;
}

bool IsFinal(int status) {
  return (status >= 200 && status < 300) ||
         (status >= 400 && status < 500 && status != 401 && status != 408 && status != 429);
}

std::optional<std::string_view> TextOf(const Response& response) {
  if (const auto* const text = std::get_if<std::string>(&response.body)) return *text;
  if (const auto* const shared = std::get_if<Shared>(&response.body)) return **shared;
  return std::nullopt;
}

// Puts the tag on a representation, and leaves it out when the client has it already.
void MakeConditional(const Request& request, Response& response) {
  const auto text = TextOf(response);
  if (response.status != 200 || !text) return;
  if (!response.headers.Has("ETag")) response.headers.Add("ETag", EntityTagOf(*text));
  const std::string_view known = request.headers.Get("If-None-Match");
  if (known.empty() || !NamesEntityTag(known, response.headers.Get("ETag"))) return;
  Response not_modified;
  not_modified.status = 304;
  not_modified.headers.Add("ETag", response.headers.Get("ETag"));
  response = std::move(not_modified);
}

Result<> Negotiate(const RouteInfo& route, const Request& request) {
  const std::string_view accept = request.headers.Get("Accept");
  if (accept.empty()) return {};
  std::string offered;
  for (const auto& answer : route.answers) {
    if (answer.media_type.empty() || Accepts(accept, answer.media_type)) return {};
    offered += (offered.empty() ? "" : ", ") + answer.media_type;
  }
  return Invalid(fmt::format("The route answers with {} only.", offered), "not_acceptable");
}

}  // namespace

struct Api::Impl {
  struct RouteMetrics {
    std::array<Counter, 5> by_class;  // 1xx to 5xx
    Histogram seconds;
  };
  // One request on its way.
  struct Exchange {
    const Request& request;
    const Route& route;
    std::span<const std::string_view> path_values;
    Caller caller = {};
    HeaderFields headers = {};  // of the answer, whatever it will be
  };

  Impl(Routes routes_in, const HttpApiOptions& options_in, ApiParts parts_in);

  Awaitable<Response> Dispatch(const Request& request, const RouteMatch& match);
  Awaitable<Result<Response>> Serve(Exchange& exchange);
  Awaitable<Replay::Outcome> Call(Exchange& exchange);
  Awaitable<Replay::Outcome> CallHandler(Exchange& exchange);
  Response FromAnswer(const Exchange& exchange, Answer answer);
  void AddEdgeCaching(const Exchange& exchange, Response& response) const;
  Response FromError(const Error& error, const Request& request, std::string_view route);
  Response NoRoute(const Request& request, const PathSegments& path, const RouteMatch& match);
  Awaitable<Response> Find(const Request& request, RouteMetrics*& measured);
  void Finish(const Request& request, RouteMetrics& measured, Response& response);
  RouteMetrics MetricsOf(const std::string& route);
  Caller AnonymousCaller(const Request& request) const;

  const Routes routes;
  const HttpApiOptions options;
  const ApiParts parts;
  const Router router;
  Admission admission;
  Replay replay;
  std::unordered_map<const Route*, RouteMetrics> metrics;
  std::unordered_set<const Route*> answering_secrets;
  RouteMetrics unmatched;
  RouteMetrics page;
};

Api::Impl::Impl(Routes routes_in, const HttpApiOptions& options_in, ApiParts parts_in)
    : routes(WithReference(std::move(routes_in))),
      options(options_in),
      parts(parts_in),
      router(routes.All()),
      admission(parts.authenticator, parts.rate_limiter),
      replay(parts.idempotency, parts.logger),
      unmatched(MetricsOf("none")),
      page(MetricsOf("page")) {
  for (const Route& route : routes.All()) {
    metrics.emplace(&route, MetricsOf(route.info.ToString()));
    if (AnswersSecrets(route.info)) answering_secrets.insert(&route);
  }
}

Api::Impl::RouteMetrics Api::Impl::MetricsOf(const std::string& route) {
  const auto counter = [&](const char* status) {
    return parts.metrics.GetCounter("freshet_api_requests_total", "Requests that the API answered.",
                                    {{"route", route}, {"status", status}});
  };
  return {{counter("1xx"), counter("2xx"), counter("3xx"), counter("4xx"), counter("5xx")},
          parts.metrics.GetHistogram("freshet_api_request_seconds",
                                     "From the receipt of a request to its answer.",
                                     {{"route", route}})};
}

Caller Api::Impl::AnonymousCaller(const Request& request) const {
  // A request that did not come through a server has no time of receipt.
  const SteadyTime start =
      request.received_at == SteadyTime() ? parts.clock.Steady() : request.received_at;
  Caller caller;
  caller.request_id = request.request_id;
  caller.remote_address = request.remote_address;
  caller.deadline = Deadline::At(start + options.request_deadline);
  return caller;
}

Response Api::Impl::NoRoute(const Request& request, const PathSegments& path,
                            const RouteMatch& match) {
  if (path.malformed()) {
    return FromError(Error(ErrorKind::kInvalid, "The path is not well encoded.", "malformed_path"),
                     request, "none");
  }
  if (match.allowed.empty()) {
    return FromError(Error(ErrorKind::kNotFound, "There is nothing at this path."), request,
                     "none");
  }
  Response response;
  if (request.method == Method::kOptions) {
    response.status = 204;
  } else {
    const std::string allowed = match.allowed.ToString();
    response = FromError(
        Error(ErrorKind::kInvalid, fmt::format("This path has {}.", allowed), "method_not_allowed"),
        request, "none");
  }
  response.headers.Add("Allow", match.allowed.ToString());
  return response;
}

Awaitable<Response> Api::Impl::Find(const Request& request, RouteMetrics*& measured) {
  const PathSegments path(request.path);
  const RouteMatch match = router.Find(request.method, path);
  if (match.route) measured = &metrics.find(match.route)->second;
  try {
    if (match.route) co_return co_await Dispatch(request, match);
    if (parts.pages && match.allowed.empty() && !path.malformed()) {
      if (auto found = parts.pages(request)) {
        measured = &page;
        co_return *std::move(found);
      }
    }
    co_return NoRoute(request, path, match);
  } catch (const std::exception& e) {
    co_return FromError(Error(ErrorKind::kInternal, e.what()), request,
                        match.route ? match.route->info.ToString() : "none");
  }
}

Awaitable<Response> Api::Impl::Dispatch(const Request& request, const RouteMatch& match) {
  Exchange exchange{request, *match.route, match.path_values()};
  exchange.caller = AnonymousCaller(request);
  auto served = co_await Serve(exchange);
  Response response = served ? *std::move(served)
                             : FromError(served.error(), request, match.route->info.ToString());
  for (const auto& [name, value] : exchange.headers) response.headers.Add(name, value);
  co_return response;
}

Awaitable<Result<Response>> Api::Impl::Serve(Exchange& exchange) {
  const RouteInfo& route = exchange.route.info;
  Caller& caller = exchange.caller;
  if (caller.deadline.Expired(parts.clock)) {
    co_return DeadlineExceeded("the request waited too long");
  }
  CO_RETURN_IF_ERROR(co_await admission.Admit(route, exchange.request, caller, exchange.headers));
  CO_RETURN_IF_ERROR(Negotiate(route, exchange.request));
  CO_ASSIGN_OR_RETURN(caller.operation, OperationKeyOf(route, exchange.request, caller.account));
  if (!caller.operation) {
    Replay::Outcome outcome = co_await Call(exchange);
    co_return std::move(outcome.response);
  }
  const Replay::Run run = [this, &exchange] { return Call(exchange); };
  co_return co_await replay.Once(*caller.operation, caller.deadline, run);
}

Awaitable<Replay::Outcome> Api::Impl::Call(Exchange& exchange) {
  const RouteInfo& route = exchange.route.info;
  if (parts.audit == nullptr || route.scope != Scope::kAdmin || route.method == Method::kGet) {
    co_return co_await CallHandler(exchange);
  }
  const bool shown = exchange.request.body.size() <= kAuditedBody && !TakesSecrets(route);
  const auto id = co_await parts.audit->Begin({.by = exchange.caller.account,
                                               .action = route.ToString(),
                                               .target = exchange.request.path,
                                               .details = shown ? exchange.request.body : "",
                                               .request_id = exchange.caller.request_id},
                                              exchange.caller.deadline);
  if (!id) co_return Replay::Outcome{FromError(id.error(), exchange.request, route.ToString())};
  Replay::Outcome outcome = co_await CallHandler(exchange);
  const auto ended = co_await parts.audit->End(*id, outcome.response.status,
                                               Deadline::After(parts.clock, kAuditTime));
  if (!ended) {
    parts.logger.Warn("The audit log does not say how an action ended",
                      {{"route", route.ToString()}, {"error", ended.error().ToString()}});
  }
  co_return outcome;
}

Awaitable<Replay::Outcome> Api::Impl::CallHandler(Exchange& exchange) {
  Invocation call{exchange.route.info, exchange.caller, exchange.request, exchange.path_values};
  auto answer = co_await exchange.route.handler(call);
  const bool may_be_kept = !answer || !answering_secrets.contains(&exchange.route);
  Replay::Outcome outcome;
  outcome.response =
      answer ? FromAnswer(exchange, *std::move(answer))
             : FromError(answer.error(), exchange.request, exchange.route.info.ToString());
  outcome.keep = may_be_kept && call.handler_ran && IsFinal(outcome.response.status);
  co_return outcome;
}

Response Api::Impl::FromAnswer(const Exchange& exchange, Answer answer) {
  const RouteInfo& route = exchange.route.info;
  Response response = std::move(answer.response);
  if (answer.next) {
    response.headers.Add("Link",
                         NextPageLink(exchange.request.path, exchange.request.query, *answer.next));
  }
  if (response.status >= 400) return response;
  if (route.conditional) MakeConditional(exchange.request, response);
  if (!route.surrogate_key.empty()) AddEdgeCaching(exchange, response);
  if (!response.headers.Has("Cache-Control")) {
    if (!route.cache_control.empty()) {
      response.headers.Add("Cache-Control", route.cache_control);
    } else if (route.conditional) {
      response.headers.Add("Cache-Control", "no-cache, private");
    }
  }
  return response;
}

// What somebody who is signed in gets is theirs alone, and may say other things than what strangers
// get at the same address.
void Api::Impl::AddEdgeCaching(const Exchange& exchange, Response& response) const {
  response.headers.Add("Vary", "Authorization");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(options.edge_lifetime).count();
  if (exchange.caller.account || seconds == 0) return;
  response.headers.Add(
      "Cache-Control",
      fmt::format("public, max-age=0, s-maxage={0}, stale-while-revalidate={0}", seconds));
  response.headers.Add("Surrogate-Key", fmt::format("{}-{}", exchange.route.info.surrogate_key,
                                                    exchange.path_values.front()));
}

Response Api::Impl::FromError(const Error& error, const Request& request, std::string_view route) {
  Response response = ProblemResponse(error, request.request_id);
  if (response.status >= 500) {
    const std::initializer_list<LogField> fields{
        {"route", route}, {"request_id", request.request_id}, {"error", error.ToString()}};
    if (response.status == 500) {
      parts.logger.Error("a request failed", fields);
    } else {
      parts.logger.Warn("a request could not be served", fields);
    }
  }
  return response;
}

void Api::Impl::Finish(const Request& request, RouteMetrics& measured, Response& response) {
  HeaderFields& headers = response.headers;
  headers.Set("X-Content-Type-Options", "nosniff");
  if (!headers.Has("Referrer-Policy")) headers.Add("Referrer-Policy", "no-referrer");
  if (!headers.Has("Cache-Control")) headers.Add("Cache-Control", "no-store");
  if (headers.Get("Content-Type").starts_with("text/html") &&
      !headers.Has("Content-Security-Policy")) {
    headers.Add("Content-Security-Policy", kStrictPolicy);
  }
  if (!request.request_id.empty()) headers.Set("X-Request-Id", request.request_id);

  const int status_class = std::clamp(response.status / 100, 1, 5);
  measured.by_class[static_cast<std::size_t>(status_class - 1)].Add();
  if (request.received_at != SteadyTime()) {
    measured.seconds.Observe(parts.clock.Steady() - request.received_at);
  }
}

Api::Api(Routes routes, const HttpApiOptions& options, ApiParts parts)
    : impl_(std::make_unique<Impl>(std::move(routes), options, parts)) {}
Api::~Api() = default;

const Routes& Api::routes() const { return impl_->routes; }

RequestPolicy Api::Policy(Method method, std::string_view path) {
  const PathSegments segments(path);
  const Route* const route = impl_->router.Find(method, segments).route;
  return {.body_limit = route && route->info.takes_body() ? route->info.body_limit : kNoBodyLimit};
}

Awaitable<Response> Api::Handle(Request request) {
  Impl::RouteMetrics* measured = &impl_->unmatched;
  Response response = co_await impl_->Find(request, measured);
  impl_->Finish(request, *measured, response);
  co_return response;
}

Response Api::Refuse(int status, std::string_view detail, std::string_view request_id) {
  Response response = ProblemResponse(status, detail, request_id);
  Request refused;
  refused.request_id = request_id;
  impl_->Finish(refused, impl_->unmatched, response);
  return response;
}

}  // namespace freshet::net
