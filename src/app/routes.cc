#include "app/routes.h"

#include "app/importer.h"
#include "services/accounts/portraits.h"
#include "services/accounts/routes.h"
#include "services/clickstream/routes.h"
#include "services/engagement/routes.h"
#include "services/home/routes.h"
#include "services/notifications/push_routes.h"
#include "services/notifications/routes.h"
#include "services/ops/routes.h"
#include "services/social/graph_routes.h"
#include "services/social/routes.h"

namespace freshet::app {

net::Routes MakeRoutes(Services& services) {
  net::Routes routes;
  accounts::AddSessionRoutes(routes, services.accounts);
  accounts::AddRoutes(routes, services.accounts);
  accounts::AddPortraitRoute(routes);
  accounts::AddExportRoute(routes, services.exports);
  accounts::AddEmailRoutes(routes, services.emails);
  social::AddGraphRoutes(routes, services.relationships, services.people_lists,
                         services.suggestions);
  social::AddRestrictionRoutes(routes, services.relationships, services.restrictions,
                               services.people_lists);
  social::AddPostRoutes(routes, services.social);
  engagement::AddRoutes(routes, services.engagement, services.comments);
  clickstream::AddRoutes(routes, services.collector);
  home::AddRoutes(routes, services.home);
  notifications::AddRoutes(routes, services.notifications, services.streams);
  ops::AddRoutes(routes, services.ops, services.audit, services.rebuilds);
  notifications::AddPushRoutes(routes, services.push_subscriptions, services.couriers.push.get());
  notifications::AddDigestRoutes(routes, services.notification_preferences, services.cursors);
  AddImportRoutes(routes, services);
  routes.Get("/.well-known/jwks.json", net::Scope::kPublic, net::RateClass::kNone)
      .Summary("The public keys that access tokens are signed with")
      .Tag("Accounts and sessions")
      .CacheControl("public, max-age=300")
      .AnswersWith<200>("application/jwk-set+json")
      .Handle([&services](const net::Caller&) -> Awaitable<Result<net::RawResponse>> {
        net::RawResponse answer;
        answer.response.headers.Add("Content-Type", "application/jwk-set+json");
        answer.response.body = services.secrets.signing_keys->PublicJwks();
        co_return answer;
      });
  return routes;
}

}  // namespace freshet::app
