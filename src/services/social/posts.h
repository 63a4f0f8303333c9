// Posts: written, deleted, and shown to those who may see them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "services/accounts/api.h"
#include "services/social/api.h"
#include "services/social/graph.h"
#include "services/social/post_json.h"
#include "services/social/types.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"
#include "stores/database/operations.h"

namespace freshet::social {

// Writes a post, its author's count and its event, within the caller's transaction.
Result<> InsertPost(stores::Transaction& tx, const StoredPost& post, bool imported);

// Thread-safe.
class Posts {
 public:
  Posts(stores::Database& database, stores::Cache& cache, Graph& graph,
        accounts::Profiles& profiles, PostEngagement& engagement, IdGenerator& ids,
        const Clock& clock);

  // `operation` makes a repeated request find the post that the first one made. Durable before it
  // returns; followers get it soon after.
  Awaitable<Result<ShownPost>> Create(AccountId author, CreatePost request,
                                      std::optional<OperationKey> operation, Deadline deadline);
  // Idempotent for the author. Errors: kNotFound (also for posts that `caller` may not see),
  // kForbidden (somebody else's).
  Awaitable<Result<>> Delete(AccountId caller, PostId id, Deadline deadline);

  // The posts of `ids` that exist and that `viewer` (0: anybody) may see, in their order; nullopt
  // for the others.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> Show(AccountId viewer,
                                                                std::span<const std::uint64_t> ids,
                                                                Deadline deadline);
  // Errors: kNotFound.
  Awaitable<Result<ShownPost>> Show(AccountId viewer, PostId id, Deadline deadline);

  // The posts of `ids` that exist, whoever may see them: for the fan-out, which hands each to its
  // own audience. In their order.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> ForDelivery(
      std::span<const std::uint64_t> ids, Deadline deadline);

  // What must be forgotten after a post was deleted. Idempotent.
  Awaitable<Result<>> Forget(PostId id, Deadline deadline);

  // The newest posts of `author` that are older than `before` (0: the newest of all), of every
  // privacy, at most `limit`.
  Awaitable<Result<std::vector<PostId>>> ByAuthor(AccountId author, PostId before,
                                                  std::size_t limit, Deadline deadline);

  // The greatest id that a post has; 0 when there is none.
  Awaitable<Result<std::uint64_t>> NewestId(Deadline deadline);

 private:
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadPacked(std::vector<std::uint64_t> ids,
                                                                Deadline deadline);
  // Somebody may have asked for a post before it existed, and the cache remember that it did not.
  Awaitable<Result<>> ReadAbsentAgain(std::span<const std::uint64_t> ids,
                                      std::vector<stores::CacheValue>& packed, Deadline deadline);
  // Puts the posts that are wanted together with their authors' cards and what was done with them.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> Assemble(
      AccountId viewer, std::span<const std::uint64_t> ids, std::vector<stores::CacheValue> packed,
      const std::vector<bool>& wanted, Deadline deadline);
  // The one place that decides who may see a post: the author; for public posts everybody; for
  // posts to friends those who follow the author and are followed back.
  Awaitable<Result<std::vector<bool>>> MaySee(AccountId viewer,
                                              std::span<const stores::CacheValue> packed,
                                              Deadline deadline);

  stores::Database& database_;
  Graph& graph_;
  accounts::Profiles& profiles_;
  PostEngagement& engagement_;
  IdGenerator& ids_;
  const Clock& clock_;
  stores::SingleFlight packed_;
};

}  // namespace freshet::social
