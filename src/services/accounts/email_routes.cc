#include "net/api/form_page.h"
#include "services/accounts/routes.h"

namespace freshet::accounts {
namespace {

using net::Caller;
using net::NoContent;
using net::Query;
using net::RateClass;
using net::RawBody;
using net::RawResponse;
using net::Scope;

constexpr std::string_view kTitle = "Confirm your address";

struct ConfirmationQuery {
  std::string token;

  static constexpr auto Describe() {
    return Description("ConfirmationQuery", "What the link of a mail carries.",
                       Field("token", &ConfirmationQuery::token).Length(1, 200).Secret());
  }
};

}  // namespace

void AddEmailRoutes(net::Routes& routes, Emails& emails) {
  routes.Post("/v1/me/email/confirmation", Scope::kWrite, RateClass::kWrite)
      .Summary("Have the link mailed again that confirms one's address")
      .Tag("Accounts and sessions")
      .Doc("A new address is sent one without being asked. There is a pause between two of them.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kConflict, "email_missing", "The account has no address.")
      .Fails(ErrorKind::kConflict, "email_confirmed", "There is nothing left to confirm.")
      .Fails(ErrorKind::kUnavailable, "mail_off", "This server sends no mail.")
      .Handle([&emails](const Caller& caller) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await emails.AskAgain(caller.account, caller.deadline));
        co_return NoContent();
      });
  routes.Get("/v1/email/confirmation", Scope::kPublic, RateClass::kSignIn)
      .Summary("Where the link leads that confirms an address")
      .Tag("Accounts and sessions")
      .AnswersWith<200>("text/html")
      .Handle([](const Caller&, Query<ConfirmationQuery>) -> Awaitable<Result<RawResponse>> {
        co_return net::FormPage(200, kTitle, "Is this your address?", "Yes, it is mine");
      });
  routes.Post("/v1/email/confirmation", Scope::kPublic, RateClass::kSignIn)
      .Summary("Confirm an address")
      .Tag("Accounts and sessions")
      .Doc("With the token of the mailed link; needs no session.")
      .AnswersWith<200>("text/html")
      .Handle([&emails](const Caller& caller, Query<ConfirmationQuery> query,
                        RawBody) -> Awaitable<Result<RawResponse>> {
        const auto confirmed =
            co_await emails.Confirm(std::move(query.value.token), caller.deadline);
        if (confirmed) co_return net::FormPage(200, kTitle, "Thank you, it is confirmed.");
        if (confirmed.error().kind() != ErrorKind::kInvalid) {
          co_return std::unexpected(confirmed.error());
        }
        co_return net::FormPage(422, kTitle, confirmed.error().message());
      });
}

}  // namespace freshet::accounts
