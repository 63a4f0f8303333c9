// What people change between each other: follows and requests, blocks and mutes.
#pragma once

#include <optional>
#include <span>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "services/accounts/api.h"
#include "services/social/events.h"
#include "services/social/graph.h"
#include "services/social/restrictions.h"
#include "stores/database/database.h"

namespace freshet::social {

// Every change is durable before it returns and idempotent, and returns how the two stand to each
// other afterwards. Errors of all that name an `other`: kInvalid (oneself), kNotFound (no such
// account, or one that blocks `person`). Thread-safe.
class Relationships {
 public:
  Relationships(GraphOptions options, Graph& graph, Restrictions& restrictions,
                accounts::Profiles& profiles, stores::Database& database, const Clock& clock);

  // Follows, or asks a private account whether one may. The follower's timeline is made anew on its
  // next reading. Errors also: kInvalid (code "following_limit"), kConflict (code "blocking").
  Awaitable<Result<accounts::Relationship>> Follow(AccountId person, AccountId other,
                                                   Deadline deadline);
  // Also takes a request back.
  Awaitable<Result<accounts::Relationship>> Unfollow(AccountId person, AccountId other,
                                                     Deadline deadline);

  // Lets `other` follow, who asked to. Errors also: kNotFound (no such request).
  Awaitable<Result<accounts::Relationship>> Accept(AccountId person, AccountId other,
                                                   Deadline deadline);
  Awaitable<Result<accounts::Relationship>> Refuse(AccountId person, AccountId other,
                                                   Deadline deadline);

  // Ends the follows and requests of both. Errors also: kInvalid (code "blocks_limit").
  Awaitable<Result<accounts::Relationship>> Block(AccountId person, AccountId other,
                                                  Deadline deadline);
  Awaitable<Result<accounts::Relationship>> Unblock(AccountId person, AccountId other,
                                                    Deadline deadline);
  // Until `expires_at`, or for good. Errors also: kInvalid (code "mutes_limit", the time).
  Awaitable<Result<accounts::Relationship>> Mute(AccountId person, AccountId other,
                                                 std::optional<Timestamp> expires_at,
                                                 Deadline deadline);
  Awaitable<Result<accounts::Relationship>> Unmute(AccountId person, AccountId other,
                                                   Deadline deadline);

  // Accepts everybody who asked, some hundreds at a time, as long as the account is public.
  Awaitable<Result<>> AcceptAllOf(AccountId account, Deadline deadline);

  // What facts of kFollowsTopic ask for: forget what is stale, should the request that made the
  // change have died before it could; and accept a request that came when its account had just
  // become public.
  Awaitable<Result<>> Apply(std::span<const FollowChanged> facts, Deadline deadline);

 private:
  using Change = std::function<Result<>(stores::Transaction&)>;

  // Runs `change`, forgets what it made stale and returns how they stand.
  Awaitable<Result<accounts::Relationship>> ChangeBetween(AccountId person, AccountId other,
                                                          const Change& change, Deadline deadline);
  // Errors: kInvalid (oneself), kNotFound.
  Awaitable<Result<bool>> IsPrivate(AccountId account, Deadline deadline);
  Awaitable<Result<>> CheckOther(AccountId person, AccountId other, Deadline deadline);

  const GraphOptions options_;
  Graph& graph_;
  Restrictions& restrictions_;
  accounts::Profiles& profiles_;
  stores::Database& database_;
  const Clock& clock_;
};

}  // namespace freshet::social
