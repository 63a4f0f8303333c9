#include "services/engagement/bulk.h"

#include "net/json/json_writer.h"
#include "services/engagement/comment_rows.h"
#include "services/engagement/counter_spaces.h"
#include "services/engagement/events.h"
#include "stores/database/outbox.h"
#include "stores/database/past_ids.h"

namespace freshet::engagement {
namespace {

constexpr std::string_view kNewestBetween =
    "SELECT max(id) FROM comments WHERE id >= $1 AND id < $2";

Result<> Insert(stores::Transaction& tx, const BulkComment& comment) {
  ASSIGN_OR_RETURN(const auto value, stores::NextIdAt(tx, comment.created_at, kNewestBetween));
  const CommentId id{value};
  RETURN_IF_ERROR(InsertComment(
      tx, {.id = id, .post = comment.post, .author = comment.author, .text = comment.text}));
  const EngagementEvent event{.type = EngagementEventType::kCommentCreated,
                              .post_id = comment.post,
                              .author_id = comment.post_author,
                              .account_id = comment.author,
                              .comment_id = id,
                              .comment_author_id = comment.author,
                              .at = comment.created_at};
  return stores::AddToOutbox(tx, kEngagementTopic, std::to_string(comment.post.value),
                             net::ToJson(event));
}

}  // namespace

Awaitable<Result<>> Bulk::AddLikes(std::vector<BulkLike> likes, Deadline deadline) {
  std::vector<stores::Membership> memberships;
  memberships.reserve(likes.size());
  for (const auto& like : likes)
    memberships.push_back({.set = ReactionsTo(like.post, Reaction::kLike), .member = like.account});
  CO_RETURN_IF_ERROR(co_await counters_.AddMembers(std::move(memberships), deadline));
  co_return Result<>();
}

Awaitable<Result<>> Bulk::AddComments(std::vector<BulkComment> comments, Deadline deadline) {
  const auto insert = [&](stores::Transaction& tx) -> Result<> {
    for (const auto& comment : comments) RETURN_IF_ERROR(Insert(tx, comment));
    return {};
  };
  co_return co_await database_.Write(insert, deadline);
}

}  // namespace freshet::engagement
