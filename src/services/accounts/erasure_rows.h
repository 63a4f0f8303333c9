// The rows by which an account is erased, within a transaction.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// Leaves of the account nothing but its id and that it was erased. Idempotent.
Result<> EraseProfile(stores::Transaction& tx, AccountId account, Timestamp now);
// Makes Erasures remove everything else that there is of it, and tells the others.
Result<> QueueErasure(stores::Transaction& tx, AccountId account, Timestamp now);

}  // namespace freshet::accounts
