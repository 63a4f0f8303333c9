#include "services/engagement/personal_data.h"

#include <string>
#include <vector>

#include "net/json/json_writer.h"
#include "services/engagement/comment_rows.h"
#include "services/engagement/counter_spaces.h"

namespace freshet::engagement {
namespace {

constexpr std::size_t kRowsAtOnce = 200;
constexpr std::size_t kReactionsAtOnce = 500;

using accounts::ExportPage;
using accounts::ExportPosition;

struct ExportedComment {
  CommentId id = {};
  PostId post_id = {};
  std::optional<CommentId> reply_to = {};
  std::string text = {};
  Timestamp created_at = {};
  std::optional<Timestamp> edited_at = {};

  static constexpr auto Describe() {
    using E = ExportedComment;
    return Description("ExportedComment", "A comment.", Field("id", &E::id),
                       Field("post_id", &E::post_id), Field("reply_to", &E::reply_to),
                       Field("text", &E::text), Field("created_at", &E::created_at),
                       Field("edited_at", &E::edited_at));
  }
};

struct ExportedCommentLike {
  CommentId comment_id = {};
  Timestamp created_at = {};

  static constexpr auto Describe() {
    using E = ExportedCommentLike;
    return Description("ExportedCommentLike", "A comment that somebody likes.",
                       Field("comment_id", &E::comment_id), Field("created_at", &E::created_at));
  }
};

struct ExportedReaction {
  PostId post_id = {};

  static constexpr auto Describe() {
    return Description("ExportedReaction", "A post that somebody likes or saved.",
                       Field("post_id", &ExportedReaction::post_id));
  }
};

Result<ExportPage> ExportComments(stores::Transaction& tx, AccountId person, ExportPosition from) {
  ExportPage page;
  std::size_t rows = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, post_id, thread_id, text, edited_at, deleted_at FROM comments "
               "WHERE author_id = $1 AND id > $2 ORDER BY id LIMIT $3",
               {person, from.first, kRowsAtOnce}, [&](const stores::Row& row) {
                 ++rows;
                 ExportedComment comment{.id = row.AsId<CommentId>(0),
                                         .post_id = row.AsId<PostId>(1),
                                         .text = std::string(row.Text(3)),
                                         .edited_at = row.OptionalTime(4)};
                 page.next = {.first = comment.id.value};
                 if (!row.IsNull(5)) return;  // deleted: nothing is kept of it
                 comment.created_at = IdTime(comment.id.value);
                 if (row.Int(2) != 0) comment.reply_to = row.AsId<CommentId>(2);
                 page.items.push_back(net::ToJson(comment));
               }));
  if (rows < kRowsAtOnce) page.next.reset();
  return page;
}

Result<ExportPage> ExportCommentLikes(stores::Transaction& tx, AccountId person,
                                      ExportPosition from) {
  ExportPage page;
  RETURN_IF_ERROR(tx.Query(
      "SELECT comment_id, created_at FROM comment_likes WHERE account_id = $1 AND comment_id > $2 "
      "ORDER BY comment_id LIMIT $3",
      {person, from.first, kRowsAtOnce}, [&](const stores::Row& row) {
        const auto id = row.AsId<CommentId>(0);
        page.items.push_back(
            net::ToJson(ExportedCommentLike{.comment_id = id, .created_at = row.Time(1)}));
        page.next = {.first = id.value};
      }));
  if (page.items.size() < kRowsAtOnce) page.next.reset();
  return page;
}

struct FoundComment {
  CommentId id = {};
  PostId post = {};
};

Result<std::vector<FoundComment>> SomeComments(stores::Transaction& tx, std::string_view sql,
                                               AccountId person) {
  std::vector<FoundComment> found;
  RETURN_IF_ERROR(tx.Query(sql, {person, kRowsAtOnce}, [&](const stores::Row& row) {
    found.push_back({.id = row.AsId<CommentId>(0), .post = row.AsId<PostId>(1)});
  }));
  return found;
}

// The row stays where there are replies, without text and author.
Result<> EraseComment(stores::Transaction& tx, CommentId id, AccountId post_author, Timestamp now) {
  ASSIGN_OR_RETURN(const auto comment, FindComment(tx, id, AccountId{}));
  if (!comment) return {};
  if (!comment->deleted_at) {
    RETURN_IF_ERROR(MarkDeleted(tx, *comment, now));
    RETURN_IF_ERROR(AddEvent(tx, {.type = EngagementEventType::kCommentDeleted,
                                  .post_id = comment->post,
                                  .author_id = post_author,
                                  .account_id = comment->author,
                                  .comment_id = id,
                                  .comment_author_id = comment->author,
                                  .at = now}));
  }
  RETURN_IF_ERROR(tx.Execute("UPDATE comments SET author_id = 0 WHERE id = $1", {id}));
  return {};
}

std::vector<std::uint64_t> PostsOf(const std::vector<FoundComment>& comments) {
  std::vector<std::uint64_t> posts;
  posts.reserve(comments.size());
  for (const auto& comment : comments) posts.push_back(comment.post.value);
  return posts;
}

}  // namespace

std::vector<std::string_view> EngagementData::Lists() const {
  return {"comments", "comment_likes", "likes", "saves"};
}

Awaitable<Result<ExportPage>> EngagementData::Export(std::string_view list, AccountId person,
                                                     ExportPosition from, Deadline deadline) {
  if (list == "likes" || list == "saves") {
    const Reaction reaction = list == "likes" ? Reaction::kLike : Reaction::kSave;
    CO_ASSIGN_OR_RETURN(const auto entries, co_await parts_.lists.Page(person, reaction, from.first,
                                                                       kReactionsAtOnce, deadline));
    ExportPage page;
    for (const auto& entry : entries) {
      page.items.push_back(net::ToJson(ExportedReaction{.post_id = entry.post}));
    }
    if (entries.size() == kReactionsAtOnce) page.next = {.first = entries.back().position};
    co_return page;
  }
  const auto read = [&](stores::Transaction& tx) {
    return list == "comments" ? ExportComments(tx, person, from)
                              : ExportCommentLikes(tx, person, from);
  };
  co_return co_await stores::ReadReturning(parts_.database, read, deadline);
}

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
      RETURN_IF_ERROR(EraseComment(tx, comments[i].id, authors[i], now));
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
