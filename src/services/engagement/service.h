// Likes and saves: made, and paged through.
#pragma once

#include "base/async.h"
#include "base/clock.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "services/accounts/api.h"
#include "services/engagement/options.h"
#include "services/engagement/reaction_lists.h"
#include "services/engagement/types.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"

namespace freshet::engagement {

// What the service stands on. All must outlive it.
struct EngagementParts {
  social::SocialReads& social;
  accounts::Profiles& profiles;
  accounts::AccountStandings& standings;
  stores::Counters& counters;
  ReactionLists& lists;
  const net::CursorCodec& cursors;
};

// Thread-safe.
class EngagementService {
 public:
  EngagementService(EngagementOptions options, EngagementParts parts)
      : options_(options), parts_(parts) {}

  // Makes `account` react to the post, or no longer. Idempotent; durable before it returns. Returns
  // what stands under the post afterwards. Errors: kNotFound (also for posts that `account` may not
  // see), kExhausted, kUnavailable, kDeadline (outcome unknown: do it again).
  Awaitable<Result<social::PostTallies>> React(AccountId account, PostId post, Reaction reaction,
                                               bool present, Deadline deadline);

  // Those who like the post, oldest account first; nobody beyond the first options.likers. Errors:
  // kNotFound (the post), kInvalid (the cursor), kUnavailable, kDeadline.
  Awaitable<Result<net::Page<accounts::Account>>> Likers(AccountId viewer, PostId post,
                                                         net::PageQuery query, Deadline deadline);

  // What `account` saved, newest saved first, or likes, newest post first; what it may not see any
  // more is left out. Errors: kInvalid (the cursor), kUnavailable, kDeadline.
  Awaitable<Result<net::Rendered<net::Page<social::Post>>>> ReactedTo(AccountId account,
                                                                      Reaction reaction,
                                                                      net::PageQuery query,
                                                                      Deadline deadline);

 private:
  // Those of `people` whom `viewer` may meet, in their order.
  Awaitable<Result<std::vector<accounts::Account>>> ShowPeople(AccountId viewer,
                                                               std::vector<AccountId> people,
                                                               Deadline deadline);

  const EngagementOptions options_;
  const EngagementParts parts_;
};

}  // namespace freshet::engagement
