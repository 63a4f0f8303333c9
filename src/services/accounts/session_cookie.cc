#include "services/accounts/session_cookie.h"

#include <fmt/format.h>

#include "net/http/cookie.h"

namespace freshet::accounts {
namespace {

constexpr std::string_view kCookie = "freshet_refresh";

// A proxy that took the TLS off may not be trusted to say so; the page's Origin, which has to be
// this server's own, tells all the same.
bool BrowserUsesTls(const net::Request& request) {
  return request.secure ||
         (net::IsFromOwnOrigin(request) && request.headers.Get("Origin").starts_with("https://"));
}

std::string SetCookie(std::string_view value, std::chrono::seconds lifetime,
                      const net::Request& request) {
  return fmt::format("{}={}; Path=/v1/sessions; Max-Age={}; HttpOnly; SameSite=Strict{}", kCookie,
                     value, lifetime.count(), BrowserUsesTls(request) ? "; Secure" : "");
}

}  // namespace

Result<> CheckOwnOrigin(const net::Request& request) {
  if (net::IsFromOwnOrigin(request)) return {};
  return Forbidden(
      "Cookies are for this server's own page: the Origin of the request has to be the host that "
      "it is sent to. Other programs keep the refresh token themselves, without \"cookie\".",
      "cross_site");
}

Result<std::string> RefreshTokenOf(const net::Request& request) {
  RETURN_IF_ERROR(CheckOwnOrigin(request));
  const std::string_view token = SessionCookieOf(request);
  if (token.empty()) {
    return Unauthenticated("This browser has no session here; sign in.", "no_session_cookie");
  }
  return std::string(token);
}

std::string_view SessionCookieOf(const net::Request& request) {
  return net::CookieOf(request.headers, kCookie);
}

std::string MoveToCookie(Session& session, Duration lifetime, const net::Request& request) {
  const std::string token = std::move(session.refresh_token).value_or("");
  session.refresh_token.reset();
  return SetCookie(token, std::chrono::duration_cast<std::chrono::seconds>(lifetime), request);
}

std::string EndedCookie(const net::Request& request) {
  return SetCookie("", std::chrono::seconds(0), request);
}

}  // namespace freshet::accounts
