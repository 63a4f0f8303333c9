#include "services/social/graph_rows.h"

#include <fmt/format.h>

#include "net/json/json_writer.h"
#include "stores/database/outbox.h"

namespace freshet::social {
namespace {

// Adds to the counts of one account, making its row if need be.
Result<> AddToCounts(stores::Transaction& tx, AccountId account, std::int64_t followers,
                     std::int64_t following) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO social_counts (account_id, followers, following) VALUES ($1, $2, $3) "
                 "ON CONFLICT (account_id) DO UPDATE SET followers = social_counts.followers + $2, "
                 "following = social_counts.following + $3",
                 {account, followers, following}));
  return {};
}

Result<> Recount(stores::Transaction& tx, FollowEdge edge, std::int64_t by) {
  RETURN_IF_ERROR(AddToCounts(tx, edge.follower, 0, by));
  return AddToCounts(tx, edge.followee, by, 0);
}

}  // namespace

Result<> AddFollowEvent(stores::Transaction& tx, const FollowChanged& event) {
  return stores::AddToOutbox(tx, kFollowsTopic, std::to_string(event.follower_id.value),
                             net::ToJson(event));
}

Result<accounts::Relationship> ReadRelationship(stores::Transaction& tx, AccountId viewer,
                                                AccountId other, Timestamp now) {
  enum Kind { kFollow, kRequest, kBlock, kMute };
  accounts::Relationship relationship;
  RETURN_IF_ERROR(tx.Query(
      "SELECT 0, follower_id FROM follows WHERE follower_id = $1 AND followee_id = $2 "
      "UNION ALL SELECT 0, follower_id FROM follows WHERE follower_id = $2 AND followee_id = $1 "
      "UNION ALL SELECT 1, follower_id FROM follow_requests "
      "WHERE follower_id = $1 AND followee_id = $2 "
      "UNION ALL SELECT 2, account_id FROM blocks WHERE account_id = $1 AND blocked_id = $2 "
      "UNION ALL SELECT 2, account_id FROM blocks WHERE account_id = $2 AND blocked_id = $1 "
      "UNION ALL SELECT 3, account_id FROM mutes WHERE account_id = $1 AND muted_id = $2 "
      "AND (expires_at IS NULL OR expires_at > $3)",
      {viewer, other, now}, [&](const stores::Row& row) {
        const bool by_viewer = row.AsId<AccountId>(1) == viewer;
        switch (static_cast<Kind>(row.Int(0))) {
          case kFollow:
            (by_viewer ? relationship.following : relationship.followed_by) = true;
            break;
          case kRequest: relationship.requested = true; break;
          case kBlock: (by_viewer ? relationship.blocking : relationship.blocked_by) = true; break;
          case kMute: relationship.muting = true; break;
        }
      }));
  relationship.friend_ = relationship.following && relationship.followed_by;
  return relationship;
}

Result<bool> AreBlocked(stores::Transaction& tx, AccountId one, AccountId other) {
  bool blocked = false;
  RETURN_IF_ERROR(
      tx.Query("SELECT 1 FROM blocks WHERE account_id = $1 AND blocked_id = $2 "
               "UNION ALL SELECT 1 FROM blocks WHERE account_id = $2 AND blocked_id = $1",
               {one, other}, [&](const stores::Row&) { blocked = true; }));
  return blocked;
}

Result<bool> InsertFollow(stores::Transaction& tx, FollowEdge edge, bool accepted, Timestamp now) {
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.Execute("INSERT INTO follows (follower_id, followee_id, created_at) VALUES ($1, $2, $3) "
                 "ON CONFLICT (follower_id, followee_id) DO NOTHING",
                 {edge.follower, edge.followee, now}));
  if (inserted == 0) return false;
  RETURN_IF_ERROR(Recount(tx, edge, 1));
  RETURN_IF_ERROR(AddFollowEvent(tx, {.follower_id = edge.follower,
                                      .followee_id = edge.followee,
                                      .following = true,
                                      .accepted = accepted}));
  return true;
}

Result<bool> DeleteFollow(stores::Transaction& tx, FollowEdge edge) {
  ASSIGN_OR_RETURN(const auto deleted,
                   tx.Execute("DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2",
                              {edge.follower, edge.followee}));
  if (deleted == 0) return false;
  RETURN_IF_ERROR(Recount(tx, edge, -1));
  RETURN_IF_ERROR(AddFollowEvent(
      tx, {.follower_id = edge.follower, .followee_id = edge.followee, .following = false}));
  return true;
}

Result<bool> InsertRequest(stores::Transaction& tx, FollowEdge edge, Timestamp now) {
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.Execute("INSERT INTO follow_requests (follower_id, followee_id, created_at) "
                 "VALUES ($1, $2, $3) ON CONFLICT (follower_id, followee_id) DO NOTHING",
                 {edge.follower, edge.followee, now}));
  if (inserted == 0) return false;
  RETURN_IF_ERROR(AddFollowEvent(tx, {.type = FollowEventType::kRequested,
                                      .follower_id = edge.follower,
                                      .followee_id = edge.followee}));
  return true;
}

Result<bool> DeleteRequest(stores::Transaction& tx, FollowEdge edge) {
  ASSIGN_OR_RETURN(
      const auto deleted,
      tx.Execute("DELETE FROM follow_requests WHERE follower_id = $1 AND followee_id = $2",
                 {edge.follower, edge.followee}));
  if (deleted == 0) return false;
  RETURN_IF_ERROR(AddFollowEvent(tx, {.type = FollowEventType::kRequestEnded,
                                      .follower_id = edge.follower,
                                      .followee_id = edge.followee}));
  return true;
}

Result<> CheckFollowingLimit(stores::Transaction& tx, AccountId person, std::int64_t most) {
  std::int64_t following = 0;
  RETURN_IF_ERROR(tx.Query("SELECT following FROM social_counts WHERE account_id = $1", {person},
                           [&](const stores::Row& row) { following = row.Int(0); }));
  std::int64_t requested = 0;
  RETURN_IF_ERROR(tx.Query("SELECT count(*) FROM follow_requests WHERE follower_id = $1", {person},
                           [&](const stores::Row& row) { requested = row.Int(0); }));
  if (following + requested < most) return {};
  return Invalid(
      fmt::format("You follow {} accounts and asked to follow {}, which together are as many as "
                  "one may; unfollow somebody first.",
                  following, requested),
      "following_limit");
}

}  // namespace freshet::social
