// Expected failures are values: Result<T> holds a T or an Error.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

// The closed set of ways in which an operation can fail. Callers branch on these, never on
// messages.
enum class ErrorKind {
  kInvalid,   // the request is wrong and stays wrong
  kNotFound,  // what it names does not exist, or may not be known to exist
  kConflict,  // it contradicts what is stored (a name already taken, an edit of an older version)
  kUnauthenticated,  // nobody is signed in
  kForbidden,        // somebody is, but may not do this
  kExhausted,        // a bound is reached: a queue, a quota, a disk
  kUnavailable,  // a part cannot be reached; for writes the outcome is unknown unless the port says
                 // otherwise
  kDeadline,     // time ran out; for writes the outcome is unknown unless the port says otherwise
  kCorrupt,      // stored bytes are not what was written
  kInternal,     // a bug
};

// The kind's stable name in snake_case: "invalid", "not_found", ...
std::string_view Name(ErrorKind kind);

// One member of a request that is wrong.
struct FieldError {
  std::string field;  // JSON pointer into the request body ("/location/lat"), or the query or path
                      // parameter's name
  std::string code;   // stable, snake_case: "required", "too_long", "unknown_member", ...
  std::string message;  // for people: what is wrong and what would be right

  bool operator==(const FieldError&) const = default;
};

class Error {
 public:
  // `code` is stable and snake_case, for programs; it defaults to the kind's name. `message` is for
  // people and says what to do.
  explicit Error(ErrorKind kind, std::string message, std::string_view code = {});

  // kInvalid with the members that are wrong.
  static Error Fields(std::vector<FieldError> fields);

  Error&& WithRetryAfter(std::chrono::milliseconds delay) &&;
  // Puts "<what>: " before the message, so that an error tells its way up.
  Error&& Within(std::string_view what) &&;

  ErrorKind kind() const { return kind_; }
  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<FieldError>& fields() const { return fields_; }
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

  // Whether the same call may succeed later without anybody changing anything.
  bool retryable() const;
  // "kind (code): message", for logs.
  std::string ToString() const;

 private:
  ErrorKind kind_;
  std::string code_;
  std::string message_;
  std::vector<FieldError> fields_;
  std::optional<std::chrono::milliseconds> retry_after_;
};

template <class T = void>
using Result = std::expected<T, Error>;

using Failure = std::unexpected<Error>;

// Shorthand for the failures that are written most: `return Invalid("limit must be from 1 to
// 100")`.
Failure Invalid(std::string message, std::string_view code = {});
Failure InvalidField(std::string field, std::string code, std::string message);
Failure NotFound(std::string message, std::string_view code = {});
Failure Conflict(std::string message, std::string_view code = {});
Failure Unauthenticated(std::string message, std::string_view code = {});
Failure Forbidden(std::string message, std::string_view code = {});
Failure Exhausted(std::string message, std::string_view code = {});
Failure Unavailable(std::string message, std::string_view code = {});
Failure DeadlineExceeded(std::string message, std::string_view code = {});
Failure Corrupt(std::string message, std::string_view code = {});
Failure Internal(std::string message, std::string_view code = {});

}  // namespace freshet

#define FRESHET_CONCAT_INNER(a, b) a##b
#define FRESHET_CONCAT(a, b) FRESHET_CONCAT_INNER(a, b)

#define FRESHET_ASSIGN_OR(leave, temporary, declaration, ...)          \
  auto temporary = (__VA_ARGS__);                                      \
  if (!temporary) leave std::unexpected(std::move(temporary).error()); \
  declaration = *std::move(temporary)

// ASSIGN_OR_RETURN(auto post, ParsePost(text)): unwraps a Result, or returns its error. CO_ forms
// are for coroutines.
#define ASSIGN_OR_RETURN(declaration, ...) \
  FRESHET_ASSIGN_OR(return, FRESHET_CONCAT(result_, __LINE__), declaration, __VA_ARGS__)
#define CO_ASSIGN_OR_RETURN(declaration, ...) \
  FRESHET_ASSIGN_OR(co_return, FRESHET_CONCAT(result_, __LINE__), declaration, __VA_ARGS__)

#define FRESHET_RETURN_IF_ERROR(leave, ...)                      \
  do {                                                           \
    if (auto freshet_outcome = (__VA_ARGS__); !freshet_outcome)  \
      leave std::unexpected(std::move(freshet_outcome).error()); \
  } while (false)
#define RETURN_IF_ERROR(...) FRESHET_RETURN_IF_ERROR(return, __VA_ARGS__)
#define CO_RETURN_IF_ERROR(...) FRESHET_RETURN_IF_ERROR(co_return, __VA_ARGS__)
