#include "base/result.h"

#include <fmt/format.h>

namespace freshet {

std::string_view Name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kNotFound: return "not_found";
    case ErrorKind::kConflict: return "conflict";
    case ErrorKind::kUnauthenticated: return "unauthenticated";
    case ErrorKind::kForbidden: return "forbidden";
    case ErrorKind::kExhausted: return "exhausted";
    case ErrorKind::kUnavailable: return "unavailable";
    case ErrorKind::kDeadline: return "deadline";
    case ErrorKind::kCorrupt: return "corrupt";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string message, std::string_view code)
    : kind_(kind), code_(code.empty() ? Name(kind) : code), message_(std::move(message)) {}

Error Error::Fields(std::vector<FieldError> fields) {
  Error error(ErrorKind::kInvalid, fields.size() == 1
                                       ? fields.front().message
                                       : "Some members of the request are not valid.");
  error.fields_ = std::move(fields);
  return error;
}

Error&& Error::WithRetryAfter(std::chrono::milliseconds delay) && {
  retry_after_ = delay;
  return std::move(*this);
}

Error&& Error::Within(std::string_view what) && {
  message_ = fmt::format("{}: {}", what, message_);
  return std::move(*this);
}

bool Error::retryable() const {
  return kind_ == ErrorKind::kExhausted || kind_ == ErrorKind::kUnavailable ||
         kind_ == ErrorKind::kDeadline;
}

std::string Error::ToString() const {
  std::string text = fmt::format("{} ({}): {}", Name(kind_), code_, message_);
  for (const auto& field : fields_) text += fmt::format("; {}: {}", field.field, field.message);
  return text;
}

namespace {
Failure Fail(ErrorKind kind, std::string message, std::string_view code) {
  return Failure(Error(kind, std::move(message), code));
}
}  // namespace

Failure Invalid(std::string message, std::string_view code) {
  return Fail(ErrorKind::kInvalid, std::move(message), code);
}
Failure InvalidField(std::string field, std::string code, std::string message) {
  return Failure(Error::Fields({{std::move(field), std::move(code), std::move(message)}}));
}
Failure NotFound(std::string message, std::string_view code) {
  return Fail(ErrorKind::kNotFound, std::move(message), code);
}
Failure Conflict(std::string message, std::string_view code) {
  return Fail(ErrorKind::kConflict, std::move(message), code);
}
Failure Unauthenticated(std::string message, std::string_view code) {
  return Fail(ErrorKind::kUnauthenticated, std::move(message), code);
}
Failure Forbidden(std::string message, std::string_view code) {
  return Fail(ErrorKind::kForbidden, std::move(message), code);
}
Failure Exhausted(std::string message, std::string_view code) {
  return Fail(ErrorKind::kExhausted, std::move(message), code);
}
Failure Unavailable(std::string message, std::string_view code) {
  return Fail(ErrorKind::kUnavailable, std::move(message), code);
}
Failure DeadlineExceeded(std::string message, std::string_view code) {
  return Fail(ErrorKind::kDeadline, std::move(message), code);
}
Failure Corrupt(std::string message, std::string_view code) {
  return Fail(ErrorKind::kCorrupt, std::move(message), code);
}
Failure Internal(std::string message, std::string_view code) {
  return Fail(ErrorKind::kInternal, std::move(message), code);
}

}  // namespace freshet
