// Sessions of browsers: the refresh token is kept in a cookie that no script can read, and that
// only pages of this server can use.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/api/answers.h"
#include "net/http/message.h"
#include "services/accounts/session_types.h"

namespace freshet::accounts {

// Errors: kForbidden (code "cross_site").
Result<> CheckOwnOrigin(const net::Request& request);

// The refresh token of the request's cookie. Errors: kForbidden (code "cross_site"),
// kUnauthenticated (code "no_session_cookie").
Result<std::string> RefreshTokenOf(const net::Request& request);

// The value of the request's cookie, wherever the request comes from; empty when there is none.
std::string_view SessionCookieOf(const net::Request& request);

// Takes the refresh token out of `session`, and returns the Set-Cookie that keeps it.
std::string MoveToCookie(Session& session, Duration lifetime, const net::Request& request);

// The Set-Cookie that ends it.
std::string EndedCookie(const net::Request& request);

}  // namespace freshet::accounts
