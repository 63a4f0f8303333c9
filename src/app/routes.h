// Every route of the program.
#pragma once

#include "app/services.h"
#include "net/api/routes.h"

namespace freshet::app {

net::Routes MakeRoutes(Services& services);

}  // namespace freshet::app
