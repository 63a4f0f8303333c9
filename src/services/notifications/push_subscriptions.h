// Which browsers are told of notifications while nobody looks, and what each is still owed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "net/push/push_encryption.h"
#include "services/notifications/inbox.h"
#include "services/notifications/push_types.h"
#include "stores/database/database.h"

namespace freshet::notifications {

// A push that is owed.
struct OwedPush {
  PushSubscriptionId subscription;
  std::uint64_t group = 0;
  std::uint64_t position = 0;  // of the group when it was queued; names this push
  std::int64_t attempts = 0;   // the one that was claimed included
  AccountId account;
  std::uint64_t session = 0;
  std::string endpoint;
  net::PushKeys keys;
};

// In the transaction that makes something new in `group`: owes it to every subscription of its
// reader. What was owed of the same group is replaced.
Result<> OwePush(stores::Transaction& tx, const Group& group, Timestamp now);

// Thread-safe. Errors of every method: the database's.
class PushSubscriptions {
 public:
  PushSubscriptions(const PushOptions& options, stores::Database& database, IdGenerator& ids,
                    const Clock& clock)
      : options_(options), database_(database), ids_(ids), clock_(clock) {}

  // Makes `request` the one subscription of the session. A browser's endpoint belongs to whom it
  // was given last. Errors: kInvalid (endpoint, keys).
  Awaitable<Result<PushSubscriptionInfo>> Put(AccountId account, std::uint64_t session,
                                              const PushSubscribe& request, Deadline deadline);
  // Newest first. `current` is the session that asks.
  Awaitable<Result<PushSubscriptionList>> Of(AccountId account, std::uint64_t current,
                                             Deadline deadline);
  // Idempotent.
  Awaitable<Result<>> RemoveOfSession(std::uint64_t session, Deadline deadline);
  // With their endpoints, newest first.
  Awaitable<Result<std::vector<ExportedPushSubscription>>> Export(AccountId account,
                                                                  Deadline deadline);
  // Idempotent.
  Awaitable<Result<>> Erase(AccountId account, Deadline deadline);
  // Errors: kNotFound (`account` has no such subscription).
  Awaitable<Result<>> RemoveOf(AccountId account, PushSubscriptionId id, Deadline deadline);
  // What the push service ended; nothing if the browser has given a new endpoint since.
  Awaitable<Result<>> RemoveEnded(const OwedPush& push, Deadline deadline);

  // Takes up to `limit` due pushes for `lease`: if nobody finishes or puts them off until then,
  // they are due again.
  Awaitable<Result<std::vector<OwedPush>>> Claim(std::size_t limit, Duration lease,
                                                 Deadline deadline);
  // Both do nothing when something new came into the group since it was claimed.
  Awaitable<Result<>> Finish(const OwedPush& push, Deadline deadline);
  Awaitable<Result<>> PutOff(const OwedPush& push, Timestamp until, std::int64_t attempts,
                             Deadline deadline);
  // Drops what is older than the time to live: nobody claims it while push is off.
  Awaitable<Result<>> Purge(Deadline deadline);
  Awaitable<Result<std::int64_t>> Owed(Deadline deadline);

 private:
  const PushOptions options_;
  stores::Database& database_;
  IdGenerator& ids_;
  const Clock& clock_;
};

}  // namespace freshet::notifications
