#include "services/engagement/personal_data.h"

#include <vector>

#include "services/engagement/comment_rows.h"
#include "services/engagement/counter_spaces.h"

namespace freshet::engagement {
namespace {

constexpr std::int64_t kRowsAtOnce = 200;
constexpr std::size_t kReactionsAtOnce = 500;

struct FoundComment {
  CommentId id;
  PostId post;
};

Result<std::vector<FoundComment>> SomeComments(stores::Transaction& tx, std::string_view sql,
                                               AccountId person) {
  std::vector<FoundComment> found;
  RETURN_IF_ERROR(tx.Query(sql, {person, kRowsAtOnce}, [&](const stores::Row& row) {
    found.push_back({.id = row.AsId<CommentId>(0), .post = row.AsId<PostId>(1)});
  }));
  return found;
}

std::vector<std::uint64_t> PostsOf(const std::vector<FoundComment>& comments) {
  std::vector<std::uint64_t> posts;
  posts.reserve(comments.size());
  for (const auto& comment : comments) posts.push_back(comment.post.value);
  return posts;
}

}  // namespace

Awaitable<Result<bool>> EngagementData::EraseSome(AccountId person, Deadline deadline) {
  for (const auto erase : {&EngagementData::EraseComments, &EngagementData::EraseCommentLikes}) {
    CO_ASSIGN_OR_RETURN(const bool nothing_left, co_await (this->*erase)(person, deadline));
    if (!nothing_left) co_return false;
  }
  for (const auto reaction : {Reaction::kLike, Reaction::kSave}) {
    CO_ASSIGN_OR_RETURN(const bool nothing_left,
                        co_await EraseReactions(person, reaction, deadline));
    if (!nothing_left) co_return false;
  }
  using stores::ActivityKind;
  CO_RETURN_IF_ERROR(
      co_await parts_.activity.Erase({{.kind = ActivityKind::kLikedPosts, .owner = person},
                                      {.kind = ActivityKind::kSavedPosts, .owner = person},
                                      {.kind = ActivityKind::kSavedPostPlaces, .owner = person}},
                                     deadline));
  co_return true;
}

// Their rows stay where there are replies, without text and author.
Awaitable<Result<bool>> EngagementData::EraseComments(AccountId person, Deadline deadline) {
  constexpr std::string_view kSelect =
      "SELECT id, post_id FROM comments WHERE author_id = $1 ORDER BY id LIMIT $2";
  CO_ASSIGN_OR_RETURN(
      const auto comments,
      co_await stores::ReadReturning(
          parts_.database,
          [&](stores::Transaction& tx) { return SomeComments(tx, kSelect, person); }, deadline));
  if (comments.empty()) co_return true;
  CO_ASSIGN_OR_RETURN(const auto authors,
                      co_await parts_.social.Authors(PostsOf(comments), deadline));
  std::vector<CommentId> ids;
  for (const auto& comment : comments) ids.push_back(comment.id);
  const auto erase = [&](stores::Transaction& tx) -> Result<> {
    const Timestamp now = parts_.clock.Now();
    for (std::size_t i = 0; i < comments.size(); ++i) {
      ASSIGN_OR_RETURN(const auto comment, FindComment(tx, comments[i].id, AccountId{}));
      if (!comment) continue;
      if (!comment->deleted_at) {
        RETURN_IF_ERROR(MarkDeleted(tx, *comment, now));
        RETURN_IF_ERROR(AddEvent(tx, {.type = EngagementEventType::kCommentDeleted,
                                      .post_id = comment->post,
                                      .author_id = authors[i],
                                      .account_id = person,
                                      .comment_id = comment->id,
                                      .comment_author_id = person,
                                      .at = now}));
      }
      RETURN_IF_ERROR(tx.Execute("UPDATE comments SET author_id = 0 WHERE id = $1", {comment->id}));
    }
    return {};
  };
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(erase, deadline));
  // The consumer of the facts does it again, for when this is lost.
  CO_RETURN_IF_ERROR(co_await parts_.comments.Count(ids, deadline));
  co_return false;
}

Awaitable<Result<bool>> EngagementData::EraseCommentLikes(AccountId person, Deadline deadline) {
  constexpr std::string_view kSelect =
      "SELECT l.comment_id, coalesce(c.post_id, 0) FROM comment_likes l "
      "LEFT JOIN comments c ON c.id = l.comment_id WHERE l.account_id = $1 LIMIT $2";
  CO_ASSIGN_OR_RETURN(
      const auto liked,
      co_await stores::ReadReturning(
          parts_.database,
          [&](stores::Transaction& tx) { return SomeComments(tx, kSelect, person); }, deadline));
  if (liked.empty()) co_return true;
  CO_ASSIGN_OR_RETURN(const auto authors, co_await parts_.social.Authors(PostsOf(liked), deadline));
  const auto erase = [&](stores::Transaction& tx) -> Result<> {
    const Timestamp now = parts_.clock.Now();
    for (std::size_t i = 0; i < liked.size(); ++i) {
      ASSIGN_OR_RETURN(const auto comment, FindComment(tx, liked[i].id, AccountId{}));
      ASSIGN_OR_RETURN(const bool changed,
                       SetCommentLike(tx, liked[i].id, person, /*present=*/false, now));
      if (!comment || !changed) continue;
      RETURN_IF_ERROR(AddEvent(tx, {.type = EngagementEventType::kCommentUnliked,
                                    .post_id = comment->post,
                                    .author_id = authors[i],
                                    .account_id = person,
                                    .comment_id = comment->id,
                                    .comment_author_id = comment->author,
                                    .at = now}));
    }
    return {};
  };
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(erase, deadline));
  co_return false;
}

Awaitable<Result<bool>> EngagementData::EraseReactions(AccountId person, Reaction reaction,
                                                       Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto entries,
                      co_await parts_.lists.Page(person, reaction, 0, kReactionsAtOnce, deadline));
  if (entries.empty()) co_return true;
  std::vector<stores::Membership> memberships;
  std::vector<ReactionChange> changes;
  for (const auto& entry : entries) {
    memberships.push_back({.set = ReactionsTo(entry.post, reaction), .member = person});
    changes.push_back({.reaction = reaction,
                       .post = entry.post,
                       .account = person,
                       .present = false,
                       .at = parts_.clock.Now()});
  }
  CO_RETURN_IF_ERROR(co_await parts_.counters.RemoveMembers(std::move(memberships), deadline));
  // The consumer of the counters' records would do it too; here it makes the next page another.
  CO_RETURN_IF_ERROR(co_await parts_.lists.Follow(changes, deadline));
  co_return false;
}

}  // namespace freshet::engagement
