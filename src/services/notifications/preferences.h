// What each person wants to be told of, and when.
#pragma once

#include <span>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "services/notifications/types.h"
#include "stores/database/database.h"

namespace freshet::notifications {

// Whether `now` lies within the quiet hours. Equal ends: never.
bool IsQuiet(const QuietHours& hours, Timestamp now);

// Thread-safe. Errors of every method: the database's.
class PreferenceStore {
 public:
  explicit PreferenceStore(stores::Database& database) : database_(database) {}

  // In the order of `people`; the defaults for those who never said.
  Awaitable<Result<std::vector<Preferences>>> Find(std::span<const AccountId> people,
                                                   Deadline deadline);
  Awaitable<Result<Preferences>> Find(AccountId person, Deadline deadline);
  Awaitable<Result<>> Replace(AccountId person, const Preferences& preferences, Deadline deadline);

 private:
  stores::Database& database_;
};

}  // namespace freshet::notifications
