// The consumers of accounts' topic.
#pragma once

#include "services/accounts/api.h"
#include "stores/log/log_worker.h"

namespace freshet::accounts {

// kAccountsTopic to the cards that a change makes stale, should the request that made it have died
// before it could forget them itself.
stores::LogSubscription CardsSubscription();
stores::LogHandler CardsHandler(Profiles& profiles, const Clock& clock);

}  // namespace freshet::accounts
