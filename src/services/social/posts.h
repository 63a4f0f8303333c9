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
#include "services/social/post_json.h"
#include "services/social/types.h"
#include "services/social/visibility.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"
#include "stores/database/operations.h"

namespace freshet::social {

// What decides where a post stands.
struct PostState {
  AccountId author;
  Privacy privacy = Privacy::kPublic;
  PostId share_of;
  bool exists = false;  // and is not deleted

  bool operator==(const PostState&) const = default;
};

// Thread-safe.
class Posts {
 public:
  Posts(stores::Database& database, stores::Cache& cache, Visibility& visibility,
        accounts::Profiles& profiles, PostEngagement& engagement, IdGenerator& ids,
        const Clock& clock);

  // `operation` makes a repeated request find the post that the first one made. Durable before it
  // returns; followers get it soon after. Errors: kInvalid (it quotes what the author may not see).
  Awaitable<Result<ShownPost>> Create(AccountId author, CreatePost request,
                                      std::optional<OperationKey> operation, Deadline deadline);
  // Idempotent for the author. Errors: kNotFound (also for posts that `caller` may not see),
  // kForbidden (somebody else's).
  Awaitable<Result<>> Delete(AccountId caller, PostId id, Deadline deadline);

  // The posts of `ids` that exist and that `viewer` (0: anybody) may see, in their order; nullopt
  // for the others. A share is no post.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> Show(AccountId viewer,
                                                                std::span<const std::uint64_t> ids,
                                                                Deadline deadline);
  // Errors: kNotFound.
  Awaitable<Result<ShownPost>> Show(AccountId viewer, PostId id, Deadline deadline);
  // The same for entries of lists: for a share it is what is shared, if the viewer may see that.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> ShowEntries(
      AccountId viewer, std::span<const std::uint64_t> ids, Deadline deadline);
  Awaitable<Result<ShownPost>> ShowEntry(AccountId viewer, PostId id, Deadline deadline);

  // The entries of `ids` that exist, whoever may see them: for the fan-out, which hands each to its
  // own audience. In their order.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> ForDelivery(
      std::span<const std::uint64_t> ids, Deadline deadline);
  // From the database, not the cache. In the order of `ids`.
  Awaitable<Result<std::vector<PostState>>> StatesOf(std::vector<std::uint64_t> ids,
                                                     Deadline deadline);

  // Whether `viewer` may see each of `ids`: posts, no shares.
  Awaitable<Result<std::vector<bool>>> MaySee(AccountId viewer, std::span<const std::uint64_t> ids,
                                              Deadline deadline);

  // Who wrote each of the entries of `ids`, whoever may see them; none for what does not exist.
  Awaitable<Result<std::vector<AccountId>>> Authors(std::span<const std::uint64_t> ids,
                                                    Deadline deadline);

  // What must be forgotten after a post changed. Idempotent.
  Awaitable<Result<>> Forget(PostId id, Deadline deadline);

  // Those whom `text` mentions and who exist, at most kMostMentions.
  static constexpr std::size_t kMostMentions = 50;
  Awaitable<Result<std::vector<Mention>>> FindMentions(std::string text, Deadline deadline);

  // The newest posts and shares of `author` that are older than `before` (0: the newest of all), of
  // every privacy, at most `limit`.
  Awaitable<Result<std::vector<PostId>>> ByAuthor(AccountId author, PostId before,
                                                  std::size_t limit, Deadline deadline);
  // The same of the posts with a hashtag, folded (algorithms::FoldHashtag), and of those that
  // mention an account.
  Awaitable<Result<std::vector<PostId>>> ByHashtag(std::string tag, PostId before,
                                                   std::size_t limit, Deadline deadline);
  Awaitable<Result<std::vector<PostId>>> Mentioning(AccountId account, PostId before,
                                                    std::size_t limit, Deadline deadline);

  // The greatest id that a post has; 0 when there is none.
  Awaitable<Result<std::uint64_t>> NewestId(Deadline deadline);

 private:
  // What a post by `author` is to quote. Errors: kInvalid (the author may not see it).
  Awaitable<Result<ShownPost>> FindQuoted(AccountId author, PostId id, Deadline deadline);
  // A post that has just been written, and quotes nothing, as its author sees it.
  Awaitable<Result<ShownPost>> ShowNew(const StoredPost& post, Deadline deadline);

  // Entries and what they point at: the first ones are those that were asked for.
  struct Loaded;
  enum class Shares { kResolved, kAbsent };

  Awaitable<Result<Loaded>> Load(std::span<const std::uint64_t> ids, Shares shares,
                                 Deadline deadline);
  Awaitable<Result<>> LoadMore(Loaded& loaded, std::span<const std::uint64_t> ids,
                               Deadline deadline);
  Awaitable<Result<>> CheckVisible(AccountId viewer, Loaded& loaded, Deadline deadline);
  // Puts what is visible together with authors' cards and what was done with the posts.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> Assemble(AccountId viewer, Loaded loaded,
                                                                    Deadline deadline);
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadPacked(std::vector<std::uint64_t> ids,
                                                                Deadline deadline);

  stores::Database& database_;
  Visibility& visibility_;
  accounts::Profiles& profiles_;
  PostEngagement& engagement_;
  IdGenerator& ids_;
  const Clock& clock_;
  stores::SingleFlight packed_;
};

}  // namespace freshet::social
