// Percent-encoding and query strings (RFC 3986; WHATWG URL "application/x-www-form-urlencoded").
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace freshet::net {

// In the order in which they were sent; names may repeat.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// Errors: kInvalid ("%" without two hexadecimal digits).
Result<std::string> PercentDecode(std::string_view text);
// Leaves RFC 3986's unreserved characters as they are and escapes every other byte.
std::string PercentEncode(std::string_view text);

// What follows "?": pairs separated by "&", "+" is a space, a name without "=" has an empty value,
// empty pairs are skipped. Errors: kInvalid (a malformed escape).
Result<QueryParameters> ParseQuery(std::string_view query);

}  // namespace freshet::net
