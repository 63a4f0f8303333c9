// Shares: posts that people show to their own followers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "services/social/api.h"
#include "services/social/posts.h"
#include "services/social/visibility.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"
#include "stores/database/operations.h"

namespace freshet::social {

// A share is an entry in the list of the one who shares, and so in their followers' homes.
// Everybody shares a post at most once at a time. Thread-safe.
class Shares {
 public:
  Shares(stores::Database& database, stores::Cache& cache, Visibility& visibility, Posts& posts,
         PostEngagement& engagement, IdGenerator& ids, const Clock& clock);

  struct Made {
    ShownPost post;
    bool is_new = true;
  };
  // Shares what `entry` shows: a post, or of a share what that shares. Sharing it again changes
  // nothing. Errors: kNotFound (also for posts that `sharer` may not see).
  Awaitable<Result<Made>> Share(AccountId sharer, PostId entry, SharePost request,
                                std::optional<OperationKey> operation, Deadline deadline);
  // Idempotent. Errors: kNotFound (there is no such post, nor a share of it).
  Awaitable<Result<>> Unshare(AccountId sharer, PostId entry, Deadline deadline);

  // As SocialReads::ShowList, FindShares, FindShare and Began.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> ShowList(ListPart part,
                                                                    Deadline deadline);
  Awaitable<Result<std::vector<std::optional<ShareOfPost>>>> Find(std::vector<PostId> shares,
                                                                  Deadline deadline);
  Awaitable<Result<std::optional<ShareOfPost>>> Find(PostId post, AccountId sharer,
                                                     Deadline deadline);

  PostId Began(PostId newest) const;

  // What must be forgotten after a post was shared, or no longer. Idempotent.
  Awaitable<Result<>> Forget(PostId post, Deadline deadline);

 private:
  Awaitable<Result<>> Tell(const ShareOfPost& share, bool present, Deadline deadline);
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadSharers(std::vector<std::uint64_t> posts,
                                                                 Deadline deadline);
  // Takes out the posts that came on earlier pages.
  Awaitable<Result<>> DropCovered(const ListPart& part,
                                  std::vector<std::optional<ShownPost>>& shown, Deadline deadline);
  // Whether one of `people` shares the post by an entry between the two.
  Awaitable<Result<bool>> AnySharedBetween(PostId post, std::span<const AccountId> people,
                                           PostId after, PostId until, Deadline deadline);

  stores::Database& database_;
  Visibility& visibility_;
  Posts& posts_;
  PostEngagement& engagement_;
  IdGenerator& ids_;
  const Clock& clock_;
  stores::SingleFlight sharers_;
};

}  // namespace freshet::social
