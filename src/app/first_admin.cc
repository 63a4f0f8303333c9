#include "app/first_admin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/bytes.h"
#include "net/http/uri.h"

namespace freshet::app {
namespace {

constexpr std::string_view kPage = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>freshet: the first administrator</title>
<h1>The first administrator</h1>
<p>{}</p>
{}
</html>
)";

constexpr std::string_view kForm = R"(<form method="post" action="/admin/claim">
<p><label>User name<br><input name="username" autocomplete="username" required></label></p>
<p><label>Password<br>
<input name="password" type="password" autocomplete="current-password" required></label></p>
<p><input name="code" type="hidden" value="{}"><button>Become administrator</button></p>
</form>)";

net::RawResponse Page(int status, std::string_view message, std::string_view form = {}) {
  net::RawResponse answer;
  answer.response.status = status;
  answer.response.headers.Add("Content-Type", "text/html; charset=utf-8");
  answer.response.headers.Add("Content-Security-Policy",
                              "default-src 'none'; form-action 'self'; frame-ancestors 'none'");
  answer.response.headers.Add("Cache-Control", "no-store");
  answer.response.body = fmt::format(kPage, message, form);
  return answer;
}

struct ClaimQuery {
  std::string code;

  static constexpr auto Describe() {
    return Description("ClaimQuery", "The code of the link.",
                       Field("code", &ClaimQuery::code).Length(1, 100).Secret());
  }
};

std::string FormValue(const std::vector<std::pair<std::string, std::string>>& form,
                      std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

bool IsCode(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
}

}  // namespace

FirstAdmin::FirstAdmin(accounts::AccountsService& accounts, ops::Audit& audit, bool wanted)
    : accounts_(accounts),
      audit_(audit),
      code_(wanted ? EncodeBase64Url(RandomBytes(18)) : std::string()) {}

std::string FirstAdmin::Path() const {
  MutexLock lock(mutex_);
  return code_.empty() ? std::string() : "/admin/claim?code=" + code_;
}

Awaitable<Result<net::RawResponse>> FirstAdmin::Claim(std::string form,
                                                      accounts::SessionOrigin origin,
                                                      std::string request_id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto fields, net::ParseQuery(form));
  const std::string code = FormValue(fields, "code");
  {
    MutexLock lock(mutex_);
    if (code_.empty() || !EqualInConstantTime(code, code_)) {
      co_return Page(403,
                     "This link was used already or is not the one that the server printed. "
                     "A restart prints a new one as long as there is no administrator.");
    }
  }
  const std::string username = FormValue(fields, "username");
  auto session = co_await accounts_.SignInAccount(
      {.username = username, .password = FormValue(fields, "password")}, std::move(origin),
      deadline);
  if (!session && session.error().kind() == ErrorKind::kUnauthenticated) {
    co_return Page(401,
                   "The user name or the password is wrong. Sign up first if you have no account.",
                   fmt::format(kForm, code));
  }
  if (!session) co_return std::unexpected(std::move(session).error());
  CO_ASSIGN_OR_RETURN(const auto noted, co_await audit_.Begin({.by = session->account->id,
                                                               .action = "POST /admin/claim",
                                                               .target = "/admin/claim",
                                                               .details = {},
                                                               .request_id = std::move(request_id)},
                                                              deadline));
  const auto granted = co_await accounts_.GrantFirstAdmin(username, deadline);
  CO_RETURN_IF_ERROR(co_await audit_.End(noted, granted ? 200 : 403, deadline));
  if (!granted && granted.error().kind() != ErrorKind::kConflict) {
    co_return std::unexpected(granted.error());
  }
  {
    MutexLock lock(mutex_);
    code_.clear();
  }
  if (!granted) co_return Page(403, granted.error().message());
  co_return Page(200, "Done. Sign in again: your next session has the scope admin.");
}

void FirstAdmin::AddRoutes(net::Routes& routes) {
  routes.Get("/admin/claim", net::Scope::kPublic, net::RateClass::kSignIn)
      .Summary("The form of the one-time link")
      .Tag("Operations")
      .AnswersWith<200>("text/html")
      .Handle([](const net::Caller&,
                 net::Query<ClaimQuery> query) -> Awaitable<Result<net::RawResponse>> {
        if (!IsCode(query.value.code)) co_return Page(403, "This is not a link of this server.");
        co_return Page(200,
                       "Sign in with your account to make it this installation's administrator.",
                       fmt::format(kForm, query.value.code));
      });
  routes.Post("/admin/claim", net::Scope::kPublic, net::RateClass::kSignIn)
      .Summary("Become the first administrator")
      .Tag("Operations")
      .AnswersWith<200>("text/html")
      .Handle([this](const net::Caller& caller, net::RawBody body,
                     const net::Request& request) -> Awaitable<Result<net::RawResponse>> {
        return Claim(std::move(body.bytes),
                     {.address = caller.remote_address,
                      .user_agent = std::string(request.headers.Get("User-Agent"))},
                     caller.request_id, caller.deadline);
      });
}

}  // namespace freshet::app
