// Accounts as the database has them.
#pragma once

#include <optional>
#include <string_view>

#include "base/id.h"
#include "services/accounts/types.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// What everybody may know; nullopt where there is no such account any more.
Result<std::optional<Account>> ReadAccount(stores::Transaction& tx, AccountId id);
Result<std::optional<Account>> ReadAccount(stores::Transaction& tx, std::string_view username);
// With `settings`, the address and, if they were ever seen, `last_active_at`. Errors: kNotFound.
Result<Account> ReadOwnAccount(stores::Transaction& tx, AccountId id);

}  // namespace freshet::accounts
