#include "services/social/post_removal.h"

#include <vector>

namespace freshet::social {
namespace {

constexpr std::int64_t kSharesAtOnce = 500;

}  // namespace

Result<bool> RemoveShares(stores::Transaction& tx, PostId post) {
  std::vector<PostId> shares;
  RETURN_IF_ERROR(tx.Query("SELECT id FROM posts WHERE share_of = $1 ORDER BY id LIMIT $2",
                           {post, kSharesAtOnce},
                           [&](const stores::Row& row) { shares.push_back(row.AsId<PostId>(0)); }));
  for (const auto id : shares) {
    ASSIGN_OR_RETURN(const auto share, FindPost(tx, id));
    RETURN_IF_ERROR(tx.Execute("DELETE FROM posts WHERE id = $1", {id}));
    if (share->deleted_at) continue;
    RETURN_IF_ERROR(AddEvent(tx, EventAbout(share->post, PostEventType::kUnshared)));
  }
  return static_cast<std::int64_t>(shares.size()) == kSharesAtOnce;
}

Result<> RemovePost(stores::Transaction& tx, const StoredPost& post) {
  RETURN_IF_ERROR(RemoveFromTopics(tx, post));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM post_versions WHERE post_id = $1", {post.id}));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM posts WHERE id = $1", {post.id}));
  if (post.share_of) return {};
  return AddEvent(tx, EventAbout(post, PostEventType::kPurged));
}

}  // namespace freshet::social
