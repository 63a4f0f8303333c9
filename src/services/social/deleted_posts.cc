#include "services/social/deleted_posts.h"

#include <limits>

#include "services/social/post_removal.h"
#include "services/social/post_rows.h"

namespace freshet::social {
namespace {

constexpr std::int64_t kPurgedAtOnce = 100;
// How long a post that was removed for good is told from one that never was.
constexpr Duration kRemembered{30LL * 24 * 3'600'000};
constexpr Duration kPurgeDeadline{60'000};

Failure Gone() {
  return Conflict("The time in which this post could be restored is over.", "gone");
}

Result<> RememberPurged(stores::Transaction& tx, const StoredPost& post, Timestamp now) {
  if (post.share_of) return {};
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO purged_posts (id, author_id, purged_at) VALUES ($1, $2, $3) "
                 "ON CONFLICT (id) DO NOTHING",
                 {post.id, post.author, now}));
  return {};
}

Result<bool> WasPurged(stores::Transaction& tx, PostId id, AccountId author) {
  bool purged = false;
  RETURN_IF_ERROR(tx.Query("SELECT 1 FROM purged_posts WHERE id = $1 AND author_id = $2",
                           {id, author}, [&](const stores::Row&) { purged = true; }));
  return purged;
}

Result<std::vector<PostId>> ReadPosts(stores::Transaction& tx, std::string_view sql,
                                      std::initializer_list<stores::Sql> parameters) {
  std::vector<PostId> ids;
  RETURN_IF_ERROR(tx.Query(sql, parameters,
                           [&](const stores::Row& row) { ids.push_back(row.AsId<PostId>(0)); }));
  return ids;
}

// Whether there is anything to remove.
Result<bool> IsDue(stores::Transaction& tx, Timestamp cutoff, Timestamp forgotten) {
  bool due = false;
  RETURN_IF_ERROR(
      tx.Query("SELECT 1 WHERE EXISTS (SELECT 1 FROM posts WHERE deleted_at < $1 "
               "AND deleted_at IS NOT NULL) "
               "OR EXISTS (SELECT 1 FROM purged_posts WHERE purged_at < $2)",
               {cutoff, forgotten}, [&](const stores::Row&) { due = true; }));
  return due;
}

struct Purged {
  std::int64_t posts = 0;
  bool more = false;  // are left
};

Result<Purged> PurgeSome(stores::Transaction& tx, Timestamp cutoff, Timestamp now) {
  ASSIGN_OR_RETURN(const auto ids,
                   ReadPosts(tx,
                             "SELECT id FROM posts WHERE deleted_at < $1 "
                             "AND deleted_at IS NOT NULL ORDER BY deleted_at, id LIMIT $2",
                             {cutoff, kPurgedAtOnce}));
  Purged purged{.more = static_cast<std::int64_t>(ids.size()) == kPurgedAtOnce};
  for (const auto id : ids) {
    ASSIGN_OR_RETURN(const bool shares_left, RemoveShares(tx, id));
    if (shares_left) return Purged{.posts = purged.posts, .more = true};
    // A share may have gone with its post.
    ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
    if (!found) continue;
    RETURN_IF_ERROR(RemovePost(tx, found->post));
    RETURN_IF_ERROR(RememberPurged(tx, found->post, now));
    ++purged.posts;
  }
  return purged;
}

}  // namespace

DeletedPosts::DeletedPosts(PostsOptions options, stores::Database& database, Posts& posts,
                           const Clock& clock, Logger& logger, Metrics& metrics)
    : options_(options),
      database_(database),
      posts_(posts),
      clock_(clock),
      logger_(logger),
      purged_(metrics.GetCounter("freshet_posts_purged_total",
                                 "Deleted posts that were removed for good")) {}

Awaitable<Result<ShownPost>> DeletedPosts::Restore(AccountId caller, PostId id, Deadline deadline) {
  enum class Outcome { kThere, kGone, kMissing };
  const auto restore = [&](stores::Transaction& tx) -> Result<Outcome> {
    ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
    if (!found) {
      ASSIGN_OR_RETURN(const bool purged, WasPurged(tx, id, caller));
      return purged ? Outcome::kGone : Outcome::kMissing;
    }
    if (found->post.share_of || found->post.author != caller) return Outcome::kMissing;
    if (!found->deleted_at) return Outcome::kThere;
    if (RestorableUntil(*found->deleted_at) < clock_.Now()) return Outcome::kGone;
    RETURN_IF_ERROR(tx.Execute("UPDATE posts SET deleted_at = NULL WHERE id = $1", {id}));
    RETURN_IF_ERROR(CountPost(tx, found->post, 1));
    RETURN_IF_ERROR(AddEvent(tx, EventAbout(found->post, PostEventType::kRestored)));
    return Outcome::kThere;
  };
  CO_ASSIGN_OR_RETURN(const auto outcome,
                      co_await stores::WriteReturning(database_, restore, deadline));
  if (outcome == Outcome::kMissing) co_return NotFound("You have deleted no such post.");
  if (outcome == Outcome::kGone) co_return Gone();
  // A failure here is mended by the worker that reads the event.
  (void)co_await posts_.Forget(id, deadline);
  co_return co_await posts_.Show(caller, id, deadline);
}

Awaitable<Result<std::vector<DeletedPosts::Entry>>> DeletedPosts::List(
    AccountId author, std::optional<Position> before, std::size_t limit, Deadline deadline) {
  constexpr Timestamp end{Duration(std::numeric_limits<std::int64_t>::max())};
  const Position below = before.value_or(Position{.deleted_at = end, .post = {}});
  const Timestamp oldest = clock_.Now() - options_.restorable;
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<Entry>> {
        ASSIGN_OR_RETURN(
            const auto ids,
            ReadPosts(tx,
                      "SELECT id FROM posts WHERE author_id = $1 AND deleted_at IS NOT NULL "
                      "AND (deleted_at, id) < ($2, $3) AND deleted_at >= $4 AND share_of IS NULL "
                      "ORDER BY deleted_at DESC, id DESC LIMIT $5",
                      {author, below.deleted_at, below.post, oldest, limit}));
        std::vector<Entry> entries;
        for (const auto id : ids) {
          ASSIGN_OR_RETURN(auto found, FindPost(tx, id));
          entries.push_back({.post = std::move(found->post), .deleted_at = *found->deleted_at});
        }
        return entries;
      },
      deadline);
}

Awaitable<Result<std::int64_t>> DeletedPosts::Purge(Deadline deadline) {
  const Timestamp cutoff = clock_.Now() - options_.restorable;
  const Timestamp forgotten = clock_.Now() - kRemembered;
  CO_ASSIGN_OR_RETURN(
      const bool due,
      co_await stores::ReadReturning(
          database_, [&](stores::Transaction& tx) { return IsDue(tx, cutoff, forgotten); },
          deadline));
  if (!due) co_return 0;
  std::int64_t total = 0;
  for (bool more = true; more;) {
    CO_ASSIGN_OR_RETURN(
        const auto purged,
        co_await stores::WriteReturning(
            database_, [&](stores::Transaction& tx) { return PurgeSome(tx, cutoff, clock_.Now()); },
            deadline));
    purged_.Add(static_cast<double>(purged.posts));
    total += purged.posts;
    more = purged.more;
  }
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute("DELETE FROM purged_posts WHERE purged_at < $1", {forgotten}));
        return {};
      },
      deadline));
  co_return total;
}

Awaitable<> DeletedPosts::KeepPurging(std::stop_token stop) {
  while (co_await Sleep(options_.purge_interval, stop)) {
    const auto purged = co_await Purge(Deadline::After(clock_, kPurgeDeadline));
    if (!purged) {
      logger_.Warn("Deleted posts could not be removed for good",
                   {{"error", purged.error().ToString()}});
    }
  }
}

}  // namespace freshet::social
