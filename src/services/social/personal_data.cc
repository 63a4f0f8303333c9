#include "services/social/personal_data.h"

#include <algorithm>
#include <array>
#include <vector>

#include "services/social/graph_rows.h"
#include "services/social/post_removal.h"
#include "services/social/post_rows.h"

namespace freshet::social {
namespace {

constexpr std::int64_t kPostsAtOnce = 100;
constexpr std::int64_t kEdgesAtOnce = 500;

// The posts, shares among them, that are there and those that can still be restored.
Result<std::vector<PostId>> SomePostsOf(stores::Transaction& tx, AccountId author) {
  std::vector<PostId> ids;
  const auto keep = [&](const stores::Row& row) { ids.push_back(row.AsId<PostId>(0)); };
  RETURN_IF_ERROR(tx.Query(
      "SELECT id FROM posts WHERE author_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2",
      {author, kPostsAtOnce}, keep));
  if (!ids.empty()) return ids;
  RETURN_IF_ERROR(
      tx.Query("SELECT id FROM posts WHERE author_id = $1 AND deleted_at IS NOT NULL LIMIT $2",
               {author, kPostsAtOnce}, keep));
  return ids;
}

// Tells that a post goes that was there.
Result<> TellDeleted(stores::Transaction& tx, const StoredPost& post) {
  const bool share = static_cast<bool>(post.share_of);
  PostEvent event = EventAbout(post, share ? PostEventType::kUnshared : PostEventType::kDeleted);
  if (share) {
    ASSIGN_OR_RETURN(const auto original, FindPost(tx, post.share_of));
    if (original) event.about_author = original->post.author;
  } else {
    RETURN_IF_ERROR(CountPost(tx, post, -1));
  }
  return AddEvent(tx, event);
}

// With its shares. Returns false when there are too many of these for one transaction. Adds what it
// shares to `shared`.
Result<bool> ErasePost(stores::Transaction& tx, PostId id, std::vector<PostId>& shared) {
  ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
  if (!found) return true;  // a share that went with its post
  ASSIGN_OR_RETURN(const bool more, RemoveShares(tx, id));
  if (more) return false;
  if (!found->deleted_at) RETURN_IF_ERROR(TellDeleted(tx, found->post));
  RETURN_IF_ERROR(RemovePost(tx, found->post));
  if (found->post.share_of) shared.push_back(found->post.share_of);
  return true;
}

Result<std::vector<FollowEdge>> SomeEdges(stores::Transaction& tx, std::string_view sql,
                                          AccountId person) {
  std::vector<FollowEdge> edges;
  RETURN_IF_ERROR(tx.Query(sql, {person, kEdgesAtOnce}, [&](const stores::Row& row) {
    edges.push_back({.follower = row.AsId<AccountId>(0), .followee = row.AsId<AccountId>(1)});
  }));
  return edges;
}

// Returns who followed.
Result<std::vector<AccountId>> EndFollows(stores::Transaction& tx, AccountId person) {
  std::vector<AccountId> followers;
  for (const std::string_view sql :
       {"SELECT follower_id, followee_id FROM follows WHERE follower_id = $1 LIMIT $2",
        "SELECT follower_id, followee_id FROM follows WHERE followee_id = $1 LIMIT $2"}) {
    ASSIGN_OR_RETURN(const auto edges, SomeEdges(tx, sql, person));
    for (const auto& edge : edges) {
      RETURN_IF_ERROR(DeleteFollow(tx, edge));
      followers.push_back(edge.follower);
    }
  }
  return followers;
}

// Returns whether there were any.
Result<bool> EndRequests(stores::Transaction& tx, AccountId person) {
  bool any = false;
  for (const std::string_view sql :
       {"SELECT follower_id, followee_id FROM follow_requests WHERE follower_id = $1 LIMIT $2",
        "SELECT follower_id, followee_id FROM follow_requests WHERE followee_id = $1 LIMIT $2"}) {
    ASSIGN_OR_RETURN(const auto edges, SomeEdges(tx, sql, person));
    for (const auto& edge : edges) RETURN_IF_ERROR(DeleteRequest(tx, edge));
    any |= !edges.empty();
  }
  return any;
}

// Where it is kept who blocks or mutes whom.
struct RestrictionTable {
  std::string_view by;    // reads whom somebody restricts
  std::string_view with;  // and by whom somebody is restricted
  std::string_view end;
};

constexpr RestrictionTable kBlocks{
    .by = "SELECT account_id, blocked_id FROM blocks WHERE account_id = $1 LIMIT $2",
    .with = "SELECT account_id, blocked_id FROM blocks WHERE blocked_id = $1 LIMIT $2",
    .end = "DELETE FROM blocks WHERE account_id = $1 AND blocked_id = $2"};
constexpr RestrictionTable kMutes{
    .by = "SELECT account_id, muted_id FROM mutes WHERE account_id = $1 LIMIT $2",
    .with = "SELECT account_id, muted_id FROM mutes WHERE muted_id = $1 LIMIT $2",
    .end = "DELETE FROM mutes WHERE account_id = $1 AND muted_id = $2"};

Result<> EraseSomeOf(stores::Transaction& tx, const RestrictionTable& table, AccountId person,
                     std::vector<FollowEdge>& ended) {
  for (const auto sql : {table.by, table.with}) {
    ASSIGN_OR_RETURN(const auto edges, SomeEdges(tx, sql, person));
    for (const auto& edge : edges) {
      RETURN_IF_ERROR(tx.Execute(table.end, {edge.follower, edge.followee}));
    }
    ended.insert(ended.end(), edges.begin(), edges.end());
  }
  return {};
}

}  // namespace

Awaitable<Result<bool>> SocialData::EraseSome(AccountId person, Deadline deadline) {
  for (const auto erase : {&SocialData::ErasePosts, &SocialData::EraseMentions,
                           &SocialData::EraseFollows, &SocialData::EraseRestrictions}) {
    CO_ASSIGN_OR_RETURN(const bool nothing_left, co_await (this->*erase)(person, deadline));
    if (!nothing_left) co_return false;
  }
  CO_RETURN_IF_ERROR(co_await EraseLists(person, deadline));
  co_return true;
}

Awaitable<Result<bool>> SocialData::ErasePosts(AccountId person, Deadline deadline) {
  std::vector<PostId> gone;  // and what their shares shared
  std::vector<PostId> shared;
  const auto erase = [&](stores::Transaction& tx) -> Result<> {
    shared.clear();
    ASSIGN_OR_RETURN(gone, SomePostsOf(tx, person));
    for (const auto id : gone) {
      ASSIGN_OR_RETURN(const bool erased, ErasePost(tx, id, shared));
      if (!erased) return {};
    }
    RETURN_IF_ERROR(tx.Execute("DELETE FROM purged_posts WHERE author_id = $1", {person}));
    return {};
  };
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(erase, deadline));
  for (const auto id : gone) CO_RETURN_IF_ERROR(co_await parts_.posts.Forget(id, deadline));
  for (const auto id : shared) CO_RETURN_IF_ERROR(co_await parts_.shares.Forget(id, deadline));
  co_return gone.empty();
}

// The posts of others keep their words, but point to nobody.
Awaitable<Result<bool>> SocialData::EraseMentions(AccountId person, Deadline deadline) {
  std::vector<PostId> posts;
  const auto erase = [&](stores::Transaction& tx) -> Result<> {
    posts.clear();
    RETURN_IF_ERROR(tx.Query(
        "SELECT post_id FROM post_mentions WHERE account_id = $1 LIMIT $2", {person, kPostsAtOnce},
        [&](const stores::Row& row) { posts.push_back(row.AsId<PostId>(0)); }));
    for (const auto id : posts) {
      RETURN_IF_ERROR(tx.Execute("DELETE FROM post_mentions WHERE account_id = $1 AND post_id = $2",
                                 {person, id}));
      ASSIGN_OR_RETURN(auto found, FindPost(tx, id));
      if (!found) continue;
      std::erase_if(found->post.mentions,
                    [&](const Mention& mention) { return mention.account == person; });
      RETURN_IF_ERROR(UpdatePost(tx, found->post));
    }
    return {};
  };
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(erase, deadline));
  for (const auto id : posts) CO_RETURN_IF_ERROR(co_await parts_.posts.Forget(id, deadline));
  co_return posts.empty();
}

Awaitable<Result<bool>> SocialData::EraseFollows(AccountId person, Deadline deadline) {
  std::vector<AccountId> followers;
  bool any = false;
  const auto erase = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(followers, EndFollows(tx, person));
    ASSIGN_OR_RETURN(const bool any_requests, EndRequests(tx, person));
    any = !followers.empty() || any_requests;
    if (any) return {};
    RETURN_IF_ERROR(tx.Execute("DELETE FROM social_counts WHERE account_id = $1", {person}));
    return {};
  };
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(erase, deadline));
  if (!followers.empty()) {
    CO_RETURN_IF_ERROR(co_await parts_.graph.ForgetFollowees(followers, deadline));
  }
  co_return !any;
}

Awaitable<Result<bool>> SocialData::EraseRestrictions(AccountId person, Deadline deadline) {
  std::vector<FollowEdge> ended;
  const auto erase = [&](stores::Transaction& tx) -> Result<> {
    ended.clear();
    for (const auto& table : {kBlocks, kMutes}) {
      RETURN_IF_ERROR(EraseSomeOf(tx, table, person, ended));
    }
    RETURN_IF_ERROR(tx.Execute("DELETE FROM muted_words WHERE account_id = $1", {person}));
    return {};
  };
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(erase, deadline));
  for (const auto& edge : ended) {
    CO_RETURN_IF_ERROR(co_await parts_.restrictions.Forget(edge.follower, edge.followee, deadline));
  }
  CO_RETURN_IF_ERROR(co_await parts_.restrictions.Forget(person, AccountId{}, deadline));
  co_return ended.empty();
}

Awaitable<Result<>> SocialData::EraseLists(AccountId person, Deadline deadline) {
  using stores::ActivityKind;
  using stores::TimelineKind;
  CO_RETURN_IF_ERROR(
      co_await parts_.activity.Erase({{.kind = ActivityKind::kAuthorPosts, .owner = person},
                                      {.kind = ActivityKind::kPrivatePosts, .owner = person}},
                                     deadline));
  const std::array timelines{stores::TimelineKey{.kind = TimelineKind::kHome, .owner = person},
                             stores::TimelineKey{.kind = TimelineKind::kAuthor, .owner = person}};
  co_return co_await parts_.timelines.Drop(timelines, deadline);
}

}  // namespace freshet::social
