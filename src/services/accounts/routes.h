// Accounts and sessions over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/accounts/service.h"

namespace freshet::accounts {

void AddRoutes(net::Routes& routes, AccountsService& accounts);

}  // namespace freshet::accounts
