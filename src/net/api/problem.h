// Errors as the outside sees them: problem details (RFC 9457).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"
#include "net/http/message.h"

namespace freshet::net {

struct ProblemField {
  std::string field;
  std::string code;
  std::string message;

  static constexpr auto Describe() {
    return Description(
        "ProblemField", "One member of a request that is wrong.",
        Field("field", &ProblemField::field)
            .Doc("A JSON pointer into the body (\"/location/lat\"), or a parameter's name."),
        Field("code", &ProblemField::code).Doc("Stable, for programs: \"required\", \"too_long\"."),
        Field("message", &ProblemField::message).Doc("For people: what would be right."));
  }
};

struct Problem {
  std::string type = "about:blank";
  std::string title;
  int status = 500;
  std::string detail;
  std::string code;
  std::optional<std::vector<ProblemField>> errors;
  std::string request_id;

  static constexpr auto Describe() {
    return Description(
        "Problem", "Why a request failed (RFC 9457).",
        Field("type", &Problem::type).Format("uri-reference").Doc("Where the code is explained."),
        Field("title", &Problem::title).Doc("The status in words."),
        Field("status", &Problem::status).Doc("The HTTP status."),
        Field("detail", &Problem::detail).Doc("For people: what went wrong and what to do."),
        Field("code", &Problem::code).Doc("Stable, for programs."),
        Field("errors", &Problem::errors).Doc("Every member of the request that is wrong."),
        Field("request_id", &Problem::request_id).Doc("Quote it when you report the problem."));
  }
};

// A code that has a meaning of its own.
struct ProblemCode {
  std::string_view code;
  int status;
  std::string_view doc;
};

// The codes that any route may answer with, in the order of their statuses.
std::span<const ProblemCode> CommonProblemCodes();

// The status of an error. A code of CommonProblemCodes decides; else the kind:
//   invalid 422, unauthenticated 401, forbidden 403, not_found 404, conflict 409,
//   exhausted 503 (a bound of ours), but 429 with a code that starts with "quota_" (a bound of
//   theirs), unavailable and deadline 503, corrupt and internal 500.
int StatusOf(const Error& error);
int StatusOf(ErrorKind kind);

// The status in words: "Not Found"; for one without a name, the words of its class.
std::string_view TitleOf(int status);

// What the client is told about `error`. Messages of errors from 500 on are for the log only: the
// detail says in general terms what to do.
Problem ProblemOf(const Error& error, std::string_view request_id);

// The answer for `problem`, with Retry-After where waiting helps.
Response ProblemResponse(const Error& error, std::string_view request_id);
// The same for what was refused before it became a request.
Response ProblemResponse(int status, std::string_view detail, std::string_view request_id);

}  // namespace freshet::net
