#include "net/http/cors.h"

#include <algorithm>

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {
namespace {

// Only what looks like header names is echoed.
bool IsFieldNameList(std::string_view list) {
  bool sane = list.size() <= 1024;
  ForEachListItem(list, [&](std::string_view name) { return sane = sane && IsToken(name); });
  return sane;
}

}  // namespace

CrossOrigin::CrossOrigin(std::vector<std::string> origins)
    : any_(std::ranges::find(origins, "*") != origins.end()), origins_(std::move(origins)) {
  for (auto& origin : origins_) {
    if (origin.ends_with('/')) origin.pop_back();
  }
}

std::string CrossOrigin::Allow(std::string_view origin) const {
  if (origin.empty()) return {};
  if (any_) return "*";
  const bool listed = std::ranges::any_of(
      origins_, [&](const auto& known) { return EqualsIgnoringCase(known, origin); });
  return listed ? std::string(origin) : std::string();
}

bool CrossOrigin::IsPreflight(const Request& request) {
  return request.method == Method::kOptions && request.headers.Has("Origin") &&
         request.headers.Has("Access-Control-Request-Method");
}

Response CrossOrigin::Preflight(const Request& request) const {
  Response response{.status = 204, .headers = {}, .body = {}};
  if (Allow(request.headers.Get("Origin")).empty()) return response;
  response.headers.Add("Access-Control-Allow-Methods",
                       "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  const auto wanted = request.headers.Get("Access-Control-Request-Headers");
  if (!wanted.empty() && IsFieldNameList(wanted))
    response.headers.Add("Access-Control-Allow-Headers", wanted);
  response.headers.Add("Access-Control-Max-Age", "7200");
  response.headers.Add("Vary", "Access-Control-Request-Headers");
  return response;
}

}  // namespace freshet::net
