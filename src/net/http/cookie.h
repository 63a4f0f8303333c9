// Cookies, and whether a request may use one (RFC 6265; WHATWG Fetch, "Origin header").
#pragma once

#include <string_view>

#include "net/http/message.h"

namespace freshet::net {

// The value of the first cookie of this name that the request carries; empty when there is none.
std::string_view CookieOf(const HeaderFields& headers, std::string_view name);

// Whether the request comes from a page of this very server: its Origin names the host that it was
// sent to, and https where this connection is. A browser sends Origin with every write, and no
// script can change it.
bool IsFromOwnOrigin(const Request& request);

}  // namespace freshet::net
