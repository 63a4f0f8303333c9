// What each person wants to be told of, and when.
#pragma once

#include <span>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "services/notifications/digest_options.h"
#include "services/notifications/types.h"
#include "stores/database/database.h"

namespace freshet::notifications {

// Whether `now` lies within the quiet hours. Equal ends: never.
bool IsQuiet(const QuietHours& hours, Timestamp now);
// The first moment at or after `now` that is not quiet.
Timestamp QuietUntil(const QuietHours& hours, Timestamp now);

// How long a period of digests is; 0 for kOff.
Duration PeriodOf(EmailDigest frequency, const DigestOptions& options);

// Thread-safe. Errors of every method: the database's.
class PreferenceStore {
 public:
  PreferenceStore(const DigestOptions& digests, stores::Database& database, const Clock& clock)
      : digests_(digests), database_(database), clock_(clock) {}

  // In the order of `people`; the defaults for those who never said.
  Awaitable<Result<std::vector<Preferences>>> Find(std::span<const AccountId> people,
                                                   Deadline deadline) const;
  Awaitable<Result<Preferences>> Find(AccountId person, Deadline deadline) const;
  // A digest that is asked for anew comes after a whole period, and tells of what happens from now.
  Awaitable<Result<>> Replace(AccountId person, const Preferences& preferences, Deadline deadline);
  // Idempotent.
  Awaitable<Result<>> EndDigest(AccountId person, Deadline deadline);
  // Removes the preferences and the state of the digest. Idempotent.
  Awaitable<Result<>> Erase(AccountId person, Deadline deadline);

 private:
  Result<> ReplaceDigest(stores::Transaction& tx, AccountId person, EmailDigest frequency) const;

  const DigestOptions digests_;
  stores::Database& database_;
  const Clock& clock_;
};

}  // namespace freshet::notifications
