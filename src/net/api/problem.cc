#include "net/api/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "net/http/status.h"
#include "net/json/json_writer.h"

namespace freshet::net {
namespace {

using namespace std::chrono_literals;

constexpr std::array kCommonCodes{
    ProblemCode{"malformed_request", 400, "The request breaks the rules of HTTP."},
    ProblemCode{"malformed_path", 400, "A \"%\" without two hexadecimal digits, or not UTF-8."},
    ProblemCode{"malformed_query", 400, "A \"%\" without two hexadecimal digits."},
    ProblemCode{"malformed_json", 400,
                "The body is no JSON; the detail says where it ceases to be."},
    ProblemCode{"invalid_idempotency_key", 400,
                "Idempotency-Key must have 1 to 255 visible ASCII characters."},
    ProblemCode{"unauthenticated", 401, "The route needs a bearer token."},
    ProblemCode{"invalid_authorization", 401, "Authorization must be \"Bearer\" and a token."},
    ProblemCode{"missing_scope", 403, "The token lacks the scope that the route needs."},
    ProblemCode{"not_found", 404, "There is no such thing, or none that you may know of."},
    ProblemCode{"method_not_allowed", 405, "The path has other methods; Allow lists them."},
    ProblemCode{"not_acceptable", 406,
                "Accept excludes everything that the route can answer with."},
    ProblemCode{"request_timeout", 408, "The request did not arrive in time."},
    ProblemCode{"idempotency_key_in_use", 409,
                "The first request with this Idempotency-Key has not been answered yet."},
    ProblemCode{"gone", 410, "It existed and will not come back."},
    ProblemCode{"precondition_failed", 412, "It changed since you read it; If-Match says so."},
    ProblemCode{"content_too_large", 413, "The body is larger than the route accepts."},
    ProblemCode{"uri_too_long", 414, "The path and query are longer than the server accepts."},
    ProblemCode{"unsupported_media_type", 415, "Content-Type must be application/json."},
    ProblemCode{"expectation_failed", 417, "Expect may only ask for 100-continue."},
    ProblemCode{"invalid", 422, "Members of the request are wrong; `errors` lists all of them."},
    ProblemCode{"idempotency_key_reused", 422,
                "The Idempotency-Key belongs to a request with other content."},
    ProblemCode{"upgrade_required", 426, "The path speaks the protocol that Upgrade names."},
    ProblemCode{"rate_limited", 429, "Too many requests; Retry-After says when to go on."},
    ProblemCode{"headers_too_large", 431, "The header fields are longer than the server accepts."},
    ProblemCode{"internal", 500, "Our mistake. The request id finds it in our logs."},
    ProblemCode{"not_implemented", 501,
                "The server does not know the method or the transfer coding."},
    ProblemCode{"exhausted", 503, "The server is at its limits; try again after Retry-After."},
    ProblemCode{"disk_full", 503, "The server cannot store more."},
    ProblemCode{"overloaded", 503, "The server has too much to do; try again after Retry-After."},
    ProblemCode{"unavailable", 503, "A part is being restarted; try again after Retry-After."},
    ProblemCode{"deadline", 503, "It took too long; try again after Retry-After."},
    ProblemCode{"http_version_not_supported", 505, "The server speaks HTTP/1.0 and HTTP/1.1."},
};

const ProblemCode* FindCode(std::string_view code) {
  const auto found = std::ranges::find(kCommonCodes, code, &ProblemCode::code);
  return found == kCommonCodes.end() ? nullptr : &*found;
}

// The code for statuses that the server below refuses with.
std::string_view CodeOfStatus(int status) {
  if (status == 400) return "malformed_request";
  if (status == 503) return "overloaded";
  const auto found = std::ranges::find(kCommonCodes, status, &ProblemCode::status);
  if (found != kCommonCodes.end()) return found->code;
  return status < 500 ? "malformed_request" : "internal";
}

// What is told of errors whose own message is not for everybody.
std::string_view PublicDetail(int status, ErrorKind kind) {
  if (status < 503) {
    return "Something went wrong on our side. Quote the request id when you report it.";
  }
  if (kind == ErrorKind::kDeadline) {
    return "It took too long. Whether the request had an effect is not known; try again.";
  }
  if (kind == ErrorKind::kExhausted) return "The server is at its limits. Try again later.";
  return "A part of the server cannot be reached at the moment. Try again later.";
}

Response Render(const Problem& problem) {
  Response response;
  response.status = problem.status;
  response.headers.Add("Content-Type", "application/problem+json");
  response.body = ToJson(problem);
  return response;
}

void AddRetryAfter(Response& response, std::chrono::milliseconds delay) {
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(delay), 1s);
  response.headers.Add("Retry-After", fmt::format("{}", seconds.count()));
}

}  // namespace

std::span<const ProblemCode> CommonProblemCodes() { return kCommonCodes; }

int StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return 422;
    case ErrorKind::kNotFound: return 404;
    case ErrorKind::kConflict: return 409;
    case ErrorKind::kUnauthenticated: return 401;
    case ErrorKind::kForbidden: return 403;
    case ErrorKind::kExhausted:
    case ErrorKind::kUnavailable:
    case ErrorKind::kDeadline: return 503;
    case ErrorKind::kCorrupt:
    case ErrorKind::kInternal: return 500;
  }
  return 500;
}

int StatusOf(const Error& error) {
  if (const int status = StatusOf(error.kind()); status == 500) return status;
  if (const auto* const known = FindCode(error.code())) return known->status;
  if (error.kind() == ErrorKind::kExhausted && error.code().starts_with("quota_")) return 429;
  return StatusOf(error.kind());
}

std::string_view TitleOf(int status) {
  const std::string_view line = StatusLine(status);
  return line.empty() ? TitleOf(status < 500 ? 400 : 500) : line.substr(line.find(' ') + 1);
}

Problem ProblemOf(const Error& error, std::string_view request_id) {
  Problem problem;
  problem.status = StatusOf(error);
  problem.title = TitleOf(problem.status);
  // A corrupt store is a secret of ours.
  problem.code = problem.status == 500 ? "internal" : error.code();
  if (FindCode(problem.code)) problem.type = "/docs#problem-" + problem.code;
  problem.detail = problem.status < 500 ? error.message()
                                        : std::string(PublicDetail(problem.status, error.kind()));
  if (problem.status < 500 && !error.fields().empty()) {
    auto& fields = problem.errors.emplace();
    for (const auto& field : error.fields()) {
      fields.push_back({field.field, field.code, field.message});
    }
  }
  problem.request_id = request_id;
  return problem;
}

Response ProblemResponse(const Error& error, std::string_view request_id) {
  Response response = Render(ProblemOf(error, request_id));
  if (error.retry_after()) {
    AddRetryAfter(response, *error.retry_after());
  } else if (response.status == 429 || response.status == 503) {
    AddRetryAfter(response, 1s);
  }
  return response;
}

Response ProblemResponse(int status, std::string_view detail, std::string_view request_id) {
  Problem problem;
  problem.status = status;
  problem.title = TitleOf(status);
  problem.code = CodeOfStatus(status);
  problem.type = "/docs#problem-" + problem.code;
  problem.detail = detail;
  problem.request_id = request_id;
  Response response = Render(problem);
  if (status == 503) AddRetryAfter(response, 1s);
  return response;
}

}  // namespace freshet::net
