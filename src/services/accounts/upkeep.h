// Going through all accounts, to make anew what is derived from them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// Thread-safe.
class Upkeep {
 public:
  explicit Upkeep(stores::Database& database) : database_(database) {}

  Awaitable<Result<std::int64_t>> Count(Deadline deadline);
  // In ascending order, those beyond `after`.
  Awaitable<Result<std::vector<AccountId>>> IdsAfter(AccountId after, std::int64_t limit,
                                                     Deadline deadline);
  // Makes the rows of the search index that belong to these accounts what they should be. Returns
  // of how many accounts they were not.
  Awaitable<Result<std::int64_t>> Reindex(std::vector<AccountId> accounts, Deadline deadline);

 private:
  stores::Database& database_;
};

}  // namespace freshet::accounts
