// The counts of people, from what they count.
#pragma once

#include <cstdint>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "stores/database/database.h"

namespace freshet::social {

// Counts followers, followees and posts of these accounts in the database and mends what was kept
// of them. Returns of how many accounts it was wrong. Each is counted in the transaction that
// writes it, so nothing that happens meanwhile is lost.
Awaitable<Result<std::int64_t>> Recount(stores::Database& database, std::vector<AccountId> accounts,
                                        Deadline deadline);

}  // namespace freshet::social
