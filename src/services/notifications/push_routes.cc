#include "services/notifications/push_routes.h"

namespace freshet::notifications {
namespace {

using net::Body;
using net::Caller;
using net::NoContent;
using net::RateClass;
using net::Scope;

constexpr std::string_view kOffDoc = "This server sends no pushes.";

Failure PushIsOff() {
  return NotFound("This server sends no pushes; its operator can switch them on with push.contact.",
                  "push_off");
}

void AddOwnRoutes(net::Routes& routes, PushSubscriptions& subscriptions) {
  routes.Get("/v1/me/push-subscriptions", Scope::kRead, RateClass::kRead)
      .Summary("Which of one's browsers are told of notifications")
      .Tag("Notifications")
      .Answers<200, PushSubscriptionList>()
      .Handle([&subscriptions](const Caller& caller) -> Awaitable<Result<PushSubscriptionList>> {
        return subscriptions.Of(caller.account, caller.session, caller.deadline);
      });
  routes.Delete("/v1/me/push-subscriptions/current", Scope::kWrite, RateClass::kWrite)
      .Summary("Tell this browser no more")
      .Tag("Notifications")
      .Doc("Signing out does the same.")
      .Answers<204, NoContent>()
      .Handle([&subscriptions](const Caller& caller) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await subscriptions.RemoveOfSession(caller.session, caller.deadline));
        co_return NoContent();
      });
  routes.Delete("/v1/me/push-subscriptions/{id}", Scope::kWrite, RateClass::kWrite)
      .Summary("Tell one of one's browsers no more")
      .Tag("Notifications")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&subscriptions](const Caller& caller,
                               PushSubscriptionId id) -> Awaitable<Result<NoContent>> {
        CO_RETURN_IF_ERROR(co_await subscriptions.RemoveOf(caller.account, id, caller.deadline));
        co_return NoContent();
      });
}

}  // namespace

void AddPushRoutes(net::Routes& routes, PushSubscriptions& subscriptions,
                   const net::PushClient* client) {
  routes.Get("/v1/push/key", Scope::kPublic, RateClass::kRead)
      .Summary("The key that browsers subscribe to pushes with")
      .Tag("Notifications")
      .Answers<200, PushKey>()
      .Fails(ErrorKind::kNotFound, "push_off", std::string(kOffDoc))
      .Handle([client](const Caller&) -> Awaitable<Result<PushKey>> {
        if (!client) co_return PushIsOff();
        co_return PushKey{.public_key = client->public_key()};
      });
  routes.Put("/v1/me/push-subscriptions/current", Scope::kWrite, RateClass::kWrite)
      .Summary("Tell this browser of notifications")
      .Tag("Notifications")
      .Doc(
          "The body is what the browser's PushManager.subscribe() gives, as JSON.stringify() "
          "writes it. It belongs to the session: signing out ends it, and another one takes its "
          "place.\n\nA message is JSON: id, tag (the notification's group: what comes again "
          "replaces what was there), type, title, body, count, unread_count, post_id, comment_id. "
          "Kinds that are not set to push are not sent, and in quiet hours messages wait.")
      .Answers<200, PushSubscriptionInfo>()
      .Fails(ErrorKind::kInvalid)
      .Fails(ErrorKind::kNotFound, "push_off", std::string(kOffDoc))
      .Handle([&subscriptions, client](
                  const Caller& caller,
                  Body<PushSubscribe> request) -> Awaitable<Result<PushSubscriptionInfo>> {
        if (!client) co_return PushIsOff();
        co_return co_await subscriptions.Put(caller.account, caller.session, request.value,
                                             caller.deadline);
      });
  AddOwnRoutes(routes, subscriptions);
}

}  // namespace freshet::notifications
