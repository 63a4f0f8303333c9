// Notifications and the live stream over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/notifications/service.h"
#include "services/notifications/stream.h"

namespace freshet::notifications {

void AddRoutes(net::Routes& routes, NotificationsService& notifications, StreamService& streams);

}  // namespace freshet::notifications
