// A small service and verbs to call it without a socket, for tests and benchmarks.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/io_threads.h"
#include "net/api/api.h"
#include "net/api/testing/fakes.h"
#include "net/json/testing/sample.h"

namespace freshet::net::testing {

struct FeedQuery {
  Privacy privacy = Privacy::kPublic;
  std::optional<std::vector<PostId>> ids;
  std::optional<bool> unread;

  static constexpr auto Describe() {
    return Description("FeedQuery", "Which posts.",
                       Field("privacy", &FeedQuery::privacy).Defaulted().Doc("Whose."),
                       Field("ids", &FeedQuery::ids).Length(1, 3).Doc("These only."),
                       Field("unread", &FeedQuery::unread).Doc("New ones only."));
  }
};

struct StoredPost {
  PostId id;
  std::string text;
  Privacy privacy = Privacy::kPublic;

  static constexpr auto Describe() {
    return Description("Post", "A post.", Field("id", &StoredPost::id).Doc("Its id."),
                       Field("text", &StoredPost::text).Doc("What it says."),
                       Field("privacy", &StoredPost::privacy).Doc("Who may read it."));
  }
};

// What a request was answered with.
struct Seen {
  int status = 0;
  HeaderFields headers;
  std::string body;

  std::string Header(std::string_view name) const { return std::string(headers.Get(name)); }
  boost::json::value Json() const { return boost::json::parse(body); }
  // "422 invalid /text:required", for problems.
  std::string Problem() const {
    const auto json = Json();
    std::string text = std::to_string(status) + " ";
    text += std::string_view(json.at("code").as_string());
    if (const auto* errors = json.as_object().if_contains("errors")) {
      for (const auto& error : errors->as_array()) {
        text += ' ';
        text += std::string_view(error.at("field").as_string());
        text += ':';
        text += std::string_view(error.at("code").as_string());
      }
    }
    return text;
  }
};

inline Seen See(Response response) {
  Seen seen{response.status, std::move(response.headers), {}};
  if (auto* text = std::get_if<std::string>(&response.body)) seen.body = std::move(*text);
  if (auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
    seen.body = **shared;
  }
  return seen;
}

// Declare routes, then call them: Get("/v1/posts/7"), As("ana").Post("/v1/posts", R"({...})").
class ApiFixture : public ::testing::Test {
 public:
  ApiFixture() { limits.enabled = false; }

  ApiFixture& As(std::string_view token) {
    return With("Authorization", "Bearer " + std::string(token));
  }
  ApiFixture& With(std::string_view header, std::string_view value) {
    next_.headers.Add(header, value);
    return *this;
  }
  ApiFixture& From(std::string_view address) {
    next_.remote_address = address;
    return *this;
  }

  Seen Get(std::string_view target) { return Send(Method::kGet, target); }
  Seen Delete(std::string_view target) { return Send(Method::kDelete, target); }
  Seen Post(std::string_view target, std::string_view body) {
    return SendJson(Method::kPost, target, body);
  }
  Seen Patch(std::string_view target, std::string_view body) {
    return SendJson(Method::kPatch, target, body);
  }
  Seen SendJson(Method method, std::string_view target, std::string_view body) {
    if (!next_.headers.Has("Content-Type")) With("Content-Type", "application/json");
    return Send(method, target, body);
  }
  Seen Send(Method method, std::string_view target, std::string_view body = {}) {
    return See(RunBlocking(api().Handle(Prepare(method, target, body))));
  }

  // The request that the verbs before asked for.
  Request Prepare(Method method, std::string_view target, std::string_view body = {}) {
    Request request = std::exchange(next_, {});
    const std::size_t mark = std::min(target.find('?'), target.size());
    request.method = method;
    request.path = target.substr(0, mark);
    request.query = target.substr(std::min(mark + 1, target.size()));
    request.body = body;
    request.request_id = "request-1";
    if (request.remote_address.empty()) request.remote_address = "192.0.2.1";
    if (request.received_at == SteadyTime()) request.received_at = clock.Steady();
    return request;
  }

  // Made at the first call, of the routes declared by then.
  Api& api() {
    if (!api_) {
      limiter_ = std::make_unique<RateLimiter>(limits, clock);
      api_ = std::make_unique<Api>(
          std::move(routes), options,
          ApiParts{authenticator, *limiter_, idempotency, clock, logger, metrics, audit});
    }
    return *api_;
  }

  FakeClock clock;
  Metrics metrics;
  Logger logger{LogOptions{}};
  FakeAuthenticator authenticator;
  MemoryIdempotencyStore idempotency;
  AuditTrail* audit = nullptr;
  RateLimitOptions limits;
  HttpApiOptions options;
  Routes routes;

 private:
  Request next_;
  std::unique_ptr<RateLimiter> limiter_;
  std::unique_ptr<Api> api_;
};

}  // namespace freshet::net::testing
