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

Result<CommentId> Insert(stores::Transaction& tx, const BulkComment& comment, CommentId reply_to) {
  ASSIGN_OR_RETURN(const auto value, stores::NextIdAt(tx, comment.created_at, kNewestBetween));
  const CommentId id{value};
  RETURN_IF_ERROR(InsertComment(tx, {.id = id,
                                     .post = comment.post,
                                     .thread = reply_to,
                                     .author = comment.author,
                                     .text = comment.text}));
  EngagementEvent event{.type = EngagementEventType::kCommentCreated,
                        .post_id = comment.post,
                        .author_id = comment.post_author,
                        .account_id = comment.author,
                        .comment_id = id,
                        .comment_author_id = comment.author,
                        .at = comment.created_at};
  if (reply_to) {
    event.reply_to = reply_to;
    event.reply_to_author_id = comment.reply_to_author;
  }
  RETURN_IF_ERROR(stores::AddToOutbox(tx, kEngagementTopic, std::to_string(comment.post.value),
                                      net::ToJson(event)));
  return id;
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

Awaitable<Result<std::vector<CommentId>>> Bulk::AddComments(std::vector<BulkComment> comments,
                                                            Deadline deadline) {
  const auto insert = [&](stores::Transaction& tx) -> Result<std::vector<CommentId>> {
    std::vector<CommentId> ids;
    for (const auto& comment : comments) {
      const CommentId reply_to =
          comment.reply_to_row ? ids[*comment.reply_to_row] : comment.reply_to;
      ASSIGN_OR_RETURN(const auto id, Insert(tx, comment, reply_to));
      ids.push_back(id);
    }
    return ids;
  };
  co_return co_await stores::WriteReturning(database_, insert, deadline);
}

}  // namespace freshet::engagement
