// Accounts and sessions over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/accounts/emails.h"
#include "services/accounts/exports.h"
#include "services/accounts/service.h"

namespace freshet::accounts {

// Signing up and in, sessions, passwords.
void AddSessionRoutes(net::Routes& routes, AccountsService& accounts);
// The links that confirm addresses.
void AddEmailRoutes(net::Routes& routes, Emails& emails);
// Profiles, search, administration.
void AddRoutes(net::Routes& routes, AccountsService& accounts);

// Everything about oneself.
void AddExportRoute(net::Routes& routes, Exports& exports);

}  // namespace freshet::accounts
