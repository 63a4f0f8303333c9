#include "net/http/cookie.h"

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {

std::string_view CookieOf(const HeaderFields& headers, std::string_view name) {
  std::string_view value;
  ForEachListItem(
      headers.Get("Cookie"),
      [&](std::string_view pair) {
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) return true;
        value = pair.substr(equals + 1);
        return false;
      },
      ';');
  return value;
}

bool IsFromOwnOrigin(const Request& request) {
  std::string_view origin = request.headers.Get("Origin");
  const std::string_view host = request.headers.Get("Host");
  const auto after = [&](std::string_view scheme) {
    if (!origin.starts_with(scheme)) return false;
    origin.remove_prefix(scheme.size());
    return true;
  };
  // A proxy that is not trusted may have taken the TLS off, so https is right on either.
  if (!after("https://") && (request.secure || !after("http://"))) return false;
  return !host.empty() && EqualsIgnoringCase(origin, host);
}

}  // namespace freshet::net
