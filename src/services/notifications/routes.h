// Notifications and the live stream over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/notifications/service.h"
#include "services/notifications/stream.h"

namespace freshet::notifications {

// The links at the end of digests.
void AddDigestRoutes(net::Routes& routes, PreferenceStore& preferences,
                     const net::CursorCodec& cursors);
void AddRoutes(net::Routes& routes, NotificationsService& notifications, StreamService& streams);

}  // namespace freshet::notifications
