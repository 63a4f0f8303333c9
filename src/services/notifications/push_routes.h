// Web Push over HTTP.
#pragma once

#include "net/api/routes.h"
#include "net/push/push_client.h"
#include "services/notifications/push_subscriptions.h"

namespace freshet::notifications {

// `client` is null where push is off.
void AddPushRoutes(net::Routes& routes, PushSubscriptions& subscriptions,
                   const net::PushClient* client);

}  // namespace freshet::notifications
