// Dates as HTTP writes them (RFC 9110 section 5.6.7).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace freshet::net {

// "Sun, 06 Nov 1994 08:49:37 GMT"; fractions of a second are cut off.
std::string FormatHttpDate(Timestamp time);
// All three forms that the RFC obliges recipients to accept. Errors: kInvalid.
Result<Timestamp> ParseHttpDate(std::string_view text);

}  // namespace freshet::net
