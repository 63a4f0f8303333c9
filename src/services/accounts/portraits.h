// Pictures for those who have none of their own.
#pragma once

#include <string>

#include "base/id.h"
#include "net/api/routes.h"

namespace freshet::accounts {

// An SVG of about a kilobyte, always the same for the same account, and different for most. It
// holds no script, style or reference.
std::string Portrait(AccountId account);

// GET /avatars/{id}.svg, for every id: it says nothing of whether there is such an account.
void AddPortraitRoute(net::Routes& routes);

}  // namespace freshet::accounts
