// One route as it was declared, as data.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "net/api/caller.h"
#include "net/api/path_template.h"
#include "net/api/scope.h"
#include "net/http/message.h"
#include "net/json/schema.h"

namespace freshet::net {

struct PathParameter {
  std::string_view name;
  const Schema* schema = nullptr;
  bool (*accepts)(std::string_view) = nullptr;  // whether a decoded segment is such a value
  bool is_rest = false;
};

struct DeclaredAnswer {
  int status = 200;
  std::string media_type;          // empty: no body
  const Schema* schema = nullptr;  // null: not JSON
  std::string doc;
  bool is_page = false;  // carries a Link header field
};

struct DeclaredFailure {
  ErrorKind kind;
  std::string code;  // empty: the kind's own
  std::string doc;
};

struct RouteInfo {
  Method method;
  PathTemplate path;
  Scope scope;
  RateClass rate_class;

  std::string summary;
  std::string doc;
  std::string tag;  // groups routes in the reference; the path's first word after /v1 unless set
  bool deprecated = false;

  std::vector<PathParameter> path_parameters;  // in the order of the path
  std::vector<const Schema*> queries;          // objects; their members are the parameters
  const Schema* body = nullptr;                // null: no JSON body
  bool raw_body = false;
  bool if_match = false;
  std::vector<DeclaredAnswer> answers;  // the first is what a handler's plain value gets
  std::vector<DeclaredFailure> failures;

  std::size_t body_limit = 64 * 1024;  // bytes, of routes that take a body
  bool conditional = false;
  std::string cache_control;
  std::string surrogate_key;  // not empty: the edge may keep what strangers get

  bool takes_idempotency_key() const { return method == Method::kPost; }
  bool takes_body() const { return body != nullptr || raw_body; }
  // "POST /v1/posts", for messages and metrics.
  std::string ToString() const;
};

// One call of a route's handler.
struct Invocation {
  const RouteInfo& route;
  const Caller& caller;
  const Request& request;
  std::span<const std::string_view> path_values;  // decoded, in the order of the path
  bool handler_ran = false;  // false: the request was refused before the handler saw it
};

struct Answer {
  Response response;
  std::optional<std::string> next;  // the cursor of the page that follows
};

// Reads the arguments, calls the handler, renders what it returns. `call` outlives the coroutine.
using RouteHandler = std::move_only_function<Awaitable<Result<Answer>>(Invocation& call) const>;

struct Route {
  RouteInfo info;
  RouteHandler handler;
};

}  // namespace freshet::net
