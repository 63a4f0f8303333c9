#include "net/api/form_page.h"
#include "services/notifications/digests.h"
#include "services/notifications/routes.h"

namespace freshet::notifications {
namespace {

using net::Caller;
using net::Query;
using net::RateClass;
using net::RawBody;
using net::RawResponse;
using net::Scope;

constexpr std::string_view kTitle = "Mails about notifications";

struct UnsubscribeQuery {
  std::string token;

  static constexpr auto Describe() {
    return Description("UnsubscribeQuery", "What the link of a mail carries.",
                       Field("token", &UnsubscribeQuery::token).Length(1, 200).Secret());
  }
};

}  // namespace

void AddDigestRoutes(net::Routes& routes, PreferenceStore& preferences,
                     const net::CursorCodec& cursors) {
  routes.Get("/v1/email/unsubscribe", Scope::kPublic, RateClass::kRead)
      .Summary("Where the link at the end of a digest leads")
      .Tag("Notifications")
      .AnswersWith<200>("text/html")
      .Handle([](const Caller&, Query<UnsubscribeQuery>) -> Awaitable<Result<RawResponse>> {
        co_return net::FormPage(200, kTitle, "Do you want no more of these mails?", "No more");
      });
  routes.Post("/v1/email/unsubscribe", Scope::kPublic, RateClass::kWrite)
      .Summary("End one's digests")
      .Tag("Notifications")
      .Doc(
          "With the token of the mailed link; needs no session. Mail programs call it for their "
          "people (RFC 8058).")
      .AnswersWith<200>("text/html")
      .Handle([&preferences, &cursors](const Caller& caller, Query<UnsubscribeQuery> query,
                                       RawBody) -> Awaitable<Result<RawResponse>> {
        const auto account = ReadUnsubscribeToken(cursors, query.value.token);
        if (!account) co_return net::FormPage(422, kTitle, account.error().message());
        CO_RETURN_IF_ERROR(co_await preferences.EndDigest(*account, caller.deadline));
        co_return net::FormPage(200, kTitle, "You get no more of these mails.");
      });
}

}  // namespace freshet::notifications
