// Engagement over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/engagement/comments.h"
#include "services/engagement/service.h"

namespace freshet::engagement {

void AddRoutes(net::Routes& routes, EngagementService& engagement, Comments& comments);

}  // namespace freshet::engagement
