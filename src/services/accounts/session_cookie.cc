#include "services/accounts/session_cookie.h"

#include <fmt/format.h>

#include "net/http/cookie.h"

namespace freshet::accounts {
namespace {

constexpr std::string_view kCookie = "freshet_refresh";

std::string SetCookie(std::string_view value, std::chrono::seconds lifetime, bool secure) {
  return fmt::format("{}={}; Path=/v1/sessions; Max-Age={}; HttpOnly; SameSite=Strict{}", kCookie,
                     value, lifetime.count(), secure ? "; Secure" : "");
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
  const std::string_view token = net::CookieOf(request.headers, kCookie);
  if (token.empty()) {
    return Unauthenticated("This browser has no session here; sign in.", "no_session_cookie");
  }
  return std::string(token);
}

std::string MoveToCookie(Session& session, Duration lifetime, bool secure) {
  const std::string token = std::move(session.refresh_token).value_or("");
  session.refresh_token.reset();
  return SetCookie(token, std::chrono::duration_cast<std::chrono::seconds>(lifetime), secure);
}

bool HasSessionCookie(const net::Request& request) {
  return !net::CookieOf(request.headers, kCookie).empty();
}

std::string EndedCookie(bool secure) { return SetCookie("", std::chrono::seconds(0), secure); }

}  // namespace freshet::accounts
