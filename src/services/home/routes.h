// The home feed over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/home/service.h"

namespace freshet::home {

void AddRoutes(net::Routes& routes, HomeService& home);

}  // namespace freshet::home
