#include "services/social/shares.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "services/social/post_rows.h"

namespace freshet::social {
namespace {

constexpr stores::CacheSpace kSharers{.number = 20, .name = "post_sharers"};
// Of a post with more, the sharers are asked for one by one.
constexpr std::size_t kMostListed = 2'000;

// One share in the cached list of a post's shares.
struct ListedShare {
  PostId id;
  AccountId sharer;
  std::uint64_t undone = 0;  // an id of the moment when it was taken back; 0: it is shared
};

// The shares of a post, newest first; without a value there are more than are listed.
std::optional<std::span<const ListedShare>> ReadList(const stores::CacheValue& packed) {
  if (!packed) return std::span<const ListedShare>();
  if (packed->size() % sizeof(ListedShare) != 0) return std::nullopt;
  return std::span(reinterpret_cast<const ListedShare*>(packed->data()),
                   packed->size() / sizeof(ListedShare));
}

constexpr std::string_view kTooMany = "+";

Result<std::optional<PostId>> FindAlive(stores::Transaction& tx, PostId post, AccountId sharer) {
  std::optional<PostId> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT id FROM posts WHERE author_id = $1 AND share_of = $2 "
               "AND deleted_at IS NULL",
               {sharer, post}, [&](const stores::Row& row) { found = row.AsId<PostId>(0); }));
  return found;
}

// Returns the share that there is now: this one, or an earlier one of the same post.
Result<PostId> InsertShare(stores::Transaction& tx, const StoredPost& share,
                           const PostEvent& event) {
  ASSIGN_OR_RETURN(const auto earlier, FindAlive(tx, share.share_of, share.author));
  if (earlier) return *earlier;
  ASSIGN_OR_RETURN(const auto post, FindPost(tx, share.share_of));
  if (!post || post->deleted_at) return NotFound("There is no such post.");
  RETURN_IF_ERROR(tx.Execute("UPDATE posts SET was_shared = 1 WHERE id = $1 AND was_shared = 0",
                             {share.share_of}));
  RETURN_IF_ERROR(InsertPost(tx, share, event));
  return share.id;
}

}  // namespace

Shares::Shares(stores::Database& database, stores::Cache& cache, Visibility& visibility,
               Posts& posts, PostEngagement& engagement, IdGenerator& ids, const Clock& clock)
    : database_(database),
      visibility_(visibility),
      posts_(posts),
      engagement_(engagement),
      ids_(ids),
      clock_(clock),
      sharers_(
          cache, kSharers, {},
          [this](std::vector<std::uint64_t> of, Deadline deadline) {
            return LoadSharers(std::move(of), deadline);
          },
          clock) {}

Awaitable<Result<Shares::Made>> Shares::Share(AccountId sharer, PostId entry, SharePost request,
                                              std::optional<OperationKey> operation,
                                              Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto original, co_await posts_.ShowEntry(sharer, entry, deadline));
  StoredPost share;
  share.id = ids_.Next<PostId>();
  share.author = sharer;
  share.text = std::move(request.text).value_or(std::string());
  share.share_of = original.id();
  PostEvent event = EventAbout(share, PostEventType::kShared);
  event.about_author = original.author();

  const auto make = [&](stores::Transaction& tx) -> Result<PostId> {
    if (operation) {
      ASSIGN_OR_RETURN(const auto earlier,
                       stores::ClaimOperation(tx, *operation, share.id.value, clock_.Now()));
      if (earlier) return PostId{*earlier};
    }
    return InsertShare(tx, share, event);
  };
  CO_ASSIGN_OR_RETURN(const PostId id, co_await stores::WriteReturning(database_, make, deadline));
  const bool is_new = id == share.id;
  if (is_new) {
    CO_RETURN_IF_ERROR(co_await Tell({.id = id, .post = original.id(), .sharer = sharer},
                                     /*present=*/true, deadline));
    // Somebody may have asked for this id before it existed.
    (void)co_await posts_.Forget(id, deadline);
  }
  auto shown = co_await posts_.ShowEntry(sharer, id, deadline);
  if (!shown && is_new && shown.error().kind() == ErrorKind::kNotFound) {
    // The post went away meanwhile; it is shared all the same, should it come back.
    co_return Made{.post = original, .is_new = true};
  }
  if (!shown) co_return std::unexpected(std::move(shown).error());
  co_return Made{.post = *std::move(shown), .is_new = is_new};
}

Awaitable<Result<>> Shares::Unshare(AccountId sharer, PostId entry, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto states, co_await posts_.StatesOf({entry.value}, deadline));
  const PostId post = states.front().share_of ? states.front().share_of : entry;
  std::optional<PostId> undone;
  const auto undo = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(undone, FindAlive(tx, post, sharer));
    if (!undone) return {};
    ASSIGN_OR_RETURN(const auto share, FindPost(tx, *undone));
    RETURN_IF_ERROR(tx.Execute("UPDATE posts SET deleted_at = $2, undone_id = $3 WHERE id = $1",
                               {*undone, clock_.Now(), ids_.Next<PostId>()}));
    PostEvent event = EventAbout(share->post, PostEventType::kUnshared);
    ASSIGN_OR_RETURN(const auto original, FindPost(tx, post));
    if (original) event.about_author = original->post.author;
    return AddEvent(tx, event);
  };
  CO_RETURN_IF_ERROR(co_await database_.Write(undo, deadline));
  if (!undone) {
    CO_RETURN_IF_ERROR(co_await posts_.Show(sharer, post, deadline));
    co_return Result<>();
  }
  (void)co_await posts_.Forget(*undone, deadline);
  co_return co_await Tell({.id = *undone, .post = post, .sharer = sharer}, /*present=*/false,
                          deadline);
}

Awaitable<Result<>> Shares::Tell(const ShareOfPost& share, bool present, Deadline deadline) {
  // Failures here are mended by the consumers of the event.
  (void)co_await Forget(share.post, deadline);
  (void)co_await engagement_.ShareChanged(share, present, deadline);
  co_return Result<>();
}

Awaitable<Result<>> Shares::Forget(PostId post, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await sharers_.Remove({&post.value, 1}, deadline));
  co_return co_await posts_.Forget(post, deadline);
}

Awaitable<Result<std::vector<std::optional<ShareOfPost>>>> Shares::Find(std::vector<PostId> shares,
                                                                        Deadline deadline) {
  std::vector<std::uint64_t> ids;
  for (const auto share : shares) ids.push_back(share.value);
  CO_ASSIGN_OR_RETURN(const auto states, co_await posts_.StatesOf(std::move(ids), deadline));
  std::vector<std::optional<ShareOfPost>> found(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (!states[i].exists || !states[i].share_of) continue;
    found[i] = {.id = shares[i], .post = states[i].share_of, .sharer = states[i].author};
  }
  co_return found;
}

Awaitable<Result<std::optional<ShareOfPost>>> Shares::Find(PostId post, AccountId sharer,
                                                           Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const auto id,
      co_await stores::ReadReturning(
          database_, [&](stores::Transaction& tx) { return FindAlive(tx, post, sharer); },
          deadline));
  if (!id) co_return std::nullopt;
  co_return ShareOfPost{.id = *id, .post = post, .sharer = sharer};
}

Awaitable<Result<std::vector<stores::CacheValue>>> Shares::LoadSharers(
    std::vector<std::uint64_t> posts, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<stores::CacheValue>> {
        std::vector<stores::CacheValue> lists;
        for (const auto post : posts) {
          std::vector<ListedShare> shares;
          RETURN_IF_ERROR(
              tx.Query("SELECT id, author_id, undone_id FROM posts WHERE share_of = $1 "
                       "ORDER BY id DESC LIMIT $2",
                       {post, kMostListed + 1}, [&](const stores::Row& row) {
                         shares.push_back({.id = row.AsId<PostId>(0),
                                           .sharer = row.AsId<AccountId>(1),
                                           .undone = row.AsId<PostId>(2).value});
                       }));
          std::string packed(kTooMany);
          if (shares.size() <= kMostListed) {
            packed.assign(reinterpret_cast<const char*>(shares.data()),
                          shares.size() * sizeof(ListedShare));
          }
          lists.push_back(std::make_shared<const std::string>(std::move(packed)));
        }
        return lists;
      },
      deadline);
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Shares::ShowList(ListPart part,
                                                                          Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto shown, co_await posts_.ShowEntries(part.viewer, part.entries, deadline));
  std::unordered_set<PostId> here;
  bool any_shared = false;
  for (auto& post : shown) {
    if (!post || !post->was_shared()) continue;  // it has one entry only
    any_shared = true;
    if (!here.insert(post->id()).second) post.reset();
  }
  if (any_shared && part.began) CO_RETURN_IF_ERROR(co_await DropCovered(part, shown, deadline));
  co_return shown;
}

Awaitable<Result<>> Shares::DropCovered(const ListPart& part,
                                        std::vector<std::optional<ShownPost>>& shown,
                                        Deadline deadline) {
  std::vector<AccountId> people{part.owner ? part.owner : part.viewer};
  if (!part.owner) {
    // What those brought who are muted, nobody saw.
    CO_ASSIGN_OR_RETURN(const auto heard,
                        co_await visibility_.HeardFollowees(part.viewer, deadline));
    people.insert(people.end(), heard.begin(), heard.end());
    std::ranges::sort(people);
  }
  for (auto& post : shown) {
    if (!post || !post->was_shared()) continue;
    CO_ASSIGN_OR_RETURN(
        const bool came,
        co_await AnySharedBetween(post->id(), people, post->entry(), part.began, deadline));
    if (came) post.reset();
  }
  co_return Result<>();
}

PostId Shares::Began(PostId newest) const { return std::max(newest, ids_.Next<PostId>()); }

Awaitable<Result<bool>> Shares::AnySharedBetween(PostId post, std::span<const AccountId> people,
                                                 PostId after, PostId until, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto lists, co_await sharers_.Get({&post.value, 1}, deadline));
  if (const auto list = ReadList(lists.front()); list) {
    co_return std::ranges::any_of(*list, [&](const ListedShare& share) {
      // One that was taken back while its readers page on has come to them all the same.
      const bool came = share.undone == 0 || share.undone > until.value;
      return came && share.id > after && share.id <= until &&
             std::ranges::binary_search(people, share.sharer);
    });
  }
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<bool> {
        for (const auto person : people) {
          ASSIGN_OR_RETURN(const auto share, FindAlive(tx, post, person));
          if (share && *share > after && *share <= until) return true;
        }
        return false;
      },
      deadline);
}

}  // namespace freshet::social
