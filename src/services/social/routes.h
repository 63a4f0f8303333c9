// Posts over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/social/service.h"

namespace freshet::social {

void AddPostRoutes(net::Routes& routes, SocialService& social);

}  // namespace freshet::social
