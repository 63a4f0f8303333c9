#include "services/social/bulk.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "services/social/graph_rows.h"
#include "services/social/post_rows.h"
#include "stores/database/past_ids.h"

namespace freshet::social {
namespace {

constexpr std::string_view kNewestBetween = "SELECT max(id) FROM posts WHERE id >= $1 AND id < $2";

Result<> MoveProgress(stores::Transaction& tx, const ImportProgress& to,
                      std::int64_t lines_in_batch, Timestamp now) {
  const std::int64_t from = to.lines - lines_in_batch;
  std::int64_t at = 0;
  RETURN_IF_ERROR(tx.Query("SELECT lines FROM imports WHERE file = $1", {to.file},
                           [&](const stores::Row& row) { at = row.Int(0); }));
  if (at != from) {
    return Conflict(fmt::format("This file is already brought in up to line {}; start the import "
                                "again to go on from there.",
                                at),
                    "import_moved");
  }
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO imports (file, lines, updated_at) VALUES ($1, $2, $3) "
                 "ON CONFLICT (file) DO UPDATE SET lines = $2, updated_at = $3",
                 {to.file, to.lines, now}));
  return {};
}

struct CountChange {
  std::int64_t followers = 0;
  std::int64_t following = 0;
};

Result<> AddCounts(stores::Transaction& tx,
                   const std::unordered_map<AccountId, CountChange>& counts) {
  for (const auto& [account, change] : counts) {
    RETURN_IF_ERROR(tx.Execute(
        "INSERT INTO social_counts (account_id, followers, following) VALUES ($1, $2, $3) "
        "ON CONFLICT (account_id) DO UPDATE SET followers = social_counts.followers + $2, "
        "following = social_counts.following + $3",
        {account, change.followers, change.following}));
  }
  return {};
}

Result<bool> HasRows(stores::Transaction& tx, std::string_view sql) {
  bool found = false;
  RETURN_IF_ERROR(tx.Query(sql, {}, [&](const stores::Row&) { found = true; }));
  return found;
}

// What a follow may meet, and what most installations have none of.
struct Obstacles {
  bool blocks = false;
  bool requests = false;
};

Result<Obstacles> FindObstacles(stores::Transaction& tx) {
  Obstacles found;
  ASSIGN_OR_RETURN(found.blocks, HasRows(tx, "SELECT 1 FROM blocks LIMIT 1"));
  ASSIGN_OR_RETURN(found.requests, HasRows(tx, "SELECT 1 FROM follow_requests LIMIT 1"));
  return found;
}

// Returns whether it is new.
Result<bool> AddFollow(stores::Transaction& tx, FollowEdge edge, Obstacles obstacles,
                       Timestamp now) {
  if (obstacles.blocks) {
    ASSIGN_OR_RETURN(const bool blocked, AreBlocked(tx, edge.follower, edge.followee));
    if (blocked) return false;
  }
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.Execute("INSERT INTO follows (follower_id, followee_id, created_at) VALUES ($1, $2, $3) "
                 "ON CONFLICT (follower_id, followee_id) DO NOTHING",
                 {edge.follower, edge.followee, now}));
  if (inserted == 0) return false;
  if (obstacles.requests) RETURN_IF_ERROR(DeleteRequest(tx, edge));
  return true;
}

}  // namespace

Awaitable<Result<std::int64_t>> Bulk::LinesDone(std::string file, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t lines = 0;
        RETURN_IF_ERROR(tx.Query("SELECT lines FROM imports WHERE file = $1", {file},
                                 [&](const stores::Row& row) { lines = row.Int(0); }));
        return lines;
      },
      deadline);
}

Awaitable<Result<std::int64_t>> Bulk::AddFollows(std::vector<BulkFollow> follows,
                                                 ImportProgress progress,
                                                 std::int64_t lines_in_batch, Deadline deadline) {
  // In the order of the table, so that neighbours land on the same page.
  std::ranges::sort(follows, {}, [](const BulkFollow& follow) {
    return std::pair(follow.follower, follow.followee);
  });
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::int64_t> {
        const Timestamp now = clock_.Now();
        std::int64_t added = 0;
        std::unordered_map<AccountId, CountChange> counts;
        std::unordered_map<AccountId, AccountId> new_followees;  // one for each follower
        ASSIGN_OR_RETURN(const auto obstacles, FindObstacles(tx));
        for (const auto& [follower, followee] : follows) {
          const FollowEdge edge{.follower = follower, .followee = followee};
          ASSIGN_OR_RETURN(const bool is_new, AddFollow(tx, edge, obstacles, now));
          if (!is_new) continue;
          ++added;
          new_followees[follower] = followee;
          ++counts[follower].following;
          ++counts[followee].followers;
        }
        RETURN_IF_ERROR(AddCounts(tx, counts));
        for (const auto& [follower, followee] : new_followees) {
          RETURN_IF_ERROR(AddFollowEvent(tx, {.follower_id = follower,
                                              .followee_id = followee,
                                              .following = true,
                                              .imported = true}));
        }
        RETURN_IF_ERROR(MoveProgress(tx, progress, lines_in_batch, now));
        return added;
      },
      deadline);
}

Awaitable<Result<std::int64_t>> Bulk::SetScores(std::vector<BulkScore> scores, Deadline deadline) {
  std::ranges::sort(
      scores, {}, [](const BulkScore& score) { return std::pair(score.follower, score.followee); });
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t set = 0;
        for (const auto& score : scores) {
          ASSIGN_OR_RETURN(
              const auto changed,
              tx.Execute("UPDATE follows SET interaction_score = $3, scored_at = $4 "
                         "WHERE follower_id = $1 AND followee_id = $2",
                         {score.follower, score.followee, std::max(score.score, 0.0), score.at}));
          set += changed;
        }
        return set;
      },
      deadline);
}

Awaitable<Result<std::vector<PostId>>> Bulk::AddPosts(std::vector<BulkPost> posts,
                                                      ImportProgress progress,
                                                      std::int64_t lines_in_batch,
                                                      Deadline deadline) {
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<PostId>> {
        std::vector<PostId> ids;
        ids.reserve(posts.size());
        for (const auto& post : posts) {
          ASSIGN_OR_RETURN(const auto value, stores::NextIdAt(tx, post.created_at, kNewestBetween));
          const PostId id{value};
          StoredPost stored;
          stored.id = id;
          stored.author = post.author;
          stored.text = post.text;
          stored.privacy = post.privacy;
          PostEvent event = EventAbout(stored, PostEventType::kCreated);
          event.imported = true;
          RETURN_IF_ERROR(InsertPost(tx, stored, event));
          ids.push_back(id);
        }
        RETURN_IF_ERROR(MoveProgress(tx, progress, lines_in_batch, clock_.Now()));
        return ids;
      },
      deadline);
}

}  // namespace freshet::social
