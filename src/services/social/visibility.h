// Who may see what: the one place where privacy is decided. Every path that shows a post, an
// account's lists or a person to somebody asks here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "services/accounts/api.h"
#include "services/social/graph.h"
#include "services/social/restrictions.h"
#include "services/social/types.h"

namespace freshet::social {

// What of a post decides who may see it.
struct PostAudience {
  AccountId author;
  Privacy privacy = Privacy::kPublic;
};

// An author sees all of their own posts. Of others' posts nobody sees the private ones; posts for
// friends are seen by those who follow the author and are followed back; posts of a private account
// by its followers. Who blocks somebody neither sees them nor is seen by them. Mutes hide nothing
// from who looks for it: they keep it out of home, notifications and live streams.
//
// Thread-safe. Errors of every method: kUnavailable, kDeadline. Viewer 0: somebody unknown.
class Visibility {
 public:
  Visibility(Graph& graph, Restrictions& restrictions, accounts::Profiles& profiles,
             const Clock& clock)
      : graph_(graph), restrictions_(restrictions), profiles_(profiles), clock_(clock) {}

  // In the order of `posts`.
  Awaitable<Result<std::vector<bool>>> MaySee(AccountId viewer, std::span<const PostAudience> posts,
                                              Deadline deadline);

  // Whether there is such an account for `viewer`. Errors also: kNotFound.
  Awaitable<Result<>> CheckAccount(AccountId viewer, AccountId account, Deadline deadline);

  // Whether `viewer` may page through whom `account` follows and who follows it. Errors also:
  // kNotFound (no such account, or none for this viewer), kForbidden (codes "private_account",
  // "blocking").
  Awaitable<Result<>> CheckAccountLists(AccountId viewer, AccountId account, Deadline deadline);

  // Whether each of `people` exists and may be named to `viewer`. In their order.
  Awaitable<Result<std::vector<bool>>> MaySeePeople(AccountId viewer,
                                                    std::span<const std::uint64_t> people,
                                                    Deadline deadline);

  // Whether `reader` may be told of what each of `people` does, as MaySeePeople and not muted: for
  // notifications and mentions. Whether the reader may see a post is another question.
  Awaitable<Result<std::vector<bool>>> MayBeToldOf(AccountId reader,
                                                   std::span<const std::uint64_t> people,
                                                   Deadline deadline);

  // Leaves of `followers` those who want to be told live of what `author` posts.
  Awaitable<Result<>> KeepListeners(AccountId author, std::vector<AccountId>& followers,
                                    Deadline deadline);

  // What `viewer` does not want to meet in home.
  Awaitable<Result<RestrictionSet>> UnwantedBy(AccountId viewer, Deadline deadline);
  // Whom `viewer` follows and does not mute.
  Awaitable<Result<std::vector<AccountId>>> HeardFollowees(AccountId viewer, Deadline deadline);

 private:
  // Whether `viewer` and each of `people` block each other, either way.
  Awaitable<Result<std::vector<bool>>> Blocked(AccountId viewer,
                                               std::span<const std::uint64_t> people,
                                               const RestrictionSet& own, Deadline deadline);

  Graph& graph_;
  Restrictions& restrictions_;
  accounts::Profiles& profiles_;
  const Clock& clock_;
};

}  // namespace freshet::social
