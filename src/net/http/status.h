// HTTP status codes.
#pragma once

#include <string_view>

namespace freshet::net {

// "200 OK", or an empty text for a code without a registered name.
std::string_view StatusLine(int status);
// 204, 304 and 1xx never have a body.
constexpr bool StatusHasBody(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace freshet::net
