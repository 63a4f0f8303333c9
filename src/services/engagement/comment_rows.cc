#include "services/engagement/comment_rows.h"

#include <charconv>

#include "net/json/json_writer.h"
#include "stores/database/outbox.h"

namespace freshet::engagement {
namespace {

// $1 is the viewer.
constexpr std::string_view kSelect =
    "SELECT id, post_id, thread_id, author_id, text, likes, replies, edited_at, deleted_at, "
    "EXISTS (SELECT 1 FROM comment_likes WHERE comment_id = comments.id AND account_id = $1) "
    "FROM comments ";

StoredComment ReadComment(const stores::Row& row) {
  return {.id = row.AsId<CommentId>(0),
          .post = row.AsId<PostId>(1),
          .thread = row.AsId<CommentId>(2),
          .author = row.AsId<AccountId>(3),
          .text = std::string(row.Text(4)),
          .likes = row.Int(5),
          .replies = row.Int(6),
          .edited_at = row.OptionalTime(7),
          .deleted_at = row.OptionalTime(8),
          .liked = row.Bool(9)};
}

std::string WriteIds(const std::vector<CommentId>& ids) {
  std::string text;
  for (const auto id : ids) text += std::to_string(id.value) + ' ';
  return text;
}

std::vector<CommentId> ReadIds(std::string_view text) {
  std::vector<CommentId> ids;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::uint64_t id = 0; at != end; ++at) {
    at = std::from_chars(at, end, id).ptr;
    ids.push_back(CommentId{id});
  }
  return ids;
}

CommentRanking ReadRanking(const stores::Row& row) {
  return {.id = static_cast<std::uint64_t>(row.Int(0)),
          .first = ReadIds(row.Text(2)),
          .newest = row.AsId<CommentId>(1)};
}

}  // namespace

Result<std::optional<StoredComment>> FindComment(stores::Transaction& tx, CommentId id,
                                                 AccountId viewer) {
  static const std::string sql = std::string(kSelect) + "WHERE id = $2";
  std::optional<StoredComment> comment;
  RETURN_IF_ERROR(
      tx.Query(sql, {viewer, id}, [&](const stores::Row& row) { comment = ReadComment(row); }));
  return comment;
}

Result<std::vector<StoredComment>> CommentsBefore(stores::Transaction& tx, CommentThread thread,
                                                  CommentId before, std::size_t limit,
                                                  AccountId viewer) {
  static const std::string sql = std::string(kSelect) +
                                 "WHERE post_id = $2 AND thread_id = $3 AND id < $4 AND "
                                 "(deleted_at IS NULL OR replies > 0) ORDER BY id DESC LIMIT $5";
  std::vector<StoredComment> comments;
  RETURN_IF_ERROR(tx.Query(sql, {viewer, thread.post, thread.thread, before, limit},
                           [&](const stores::Row& row) { comments.push_back(ReadComment(row)); }));
  return comments;
}

Result<std::vector<StoredComment>> CommentsAfter(stores::Transaction& tx, CommentThread thread,
                                                 CommentId after, std::size_t limit,
                                                 AccountId viewer) {
  static const std::string sql = std::string(kSelect) +
                                 "WHERE post_id = $2 AND thread_id = $3 AND id > $4 AND "
                                 "(deleted_at IS NULL OR replies > 0) ORDER BY id LIMIT $5";
  std::vector<StoredComment> comments;
  RETURN_IF_ERROR(tx.Query(sql, {viewer, thread.post, thread.thread, after, limit},
                           [&](const stores::Row& row) { comments.push_back(ReadComment(row)); }));
  return comments;
}

Result<> InsertComment(stores::Transaction& tx, const StoredComment& comment) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO comments (id, post_id, thread_id, author_id, text) "
                 "VALUES ($1, $2, $3, $4, $5)",
                 {comment.id, comment.post, comment.thread, comment.author, comment.text}));
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO post_counts (post_id, updated_at) VALUES ($1, $2) "
                 "ON CONFLICT (post_id) DO NOTHING",
                 {comment.post, IdTime(comment.id.value)}));
  if (comment.thread) {
    RETURN_IF_ERROR(
        tx.Execute("UPDATE comments SET replies = replies + 1 WHERE id = $1", {comment.thread}));
  }
  return {};
}

Result<> MarkDeleted(stores::Transaction& tx, const StoredComment& comment, Timestamp now) {
  RETURN_IF_ERROR(tx.Execute("UPDATE comments SET deleted_at = $2, text = '' WHERE id = $1",
                             {comment.id, now}));
  if (comment.thread) {
    RETURN_IF_ERROR(
        tx.Execute("UPDATE comments SET replies = replies - 1 WHERE id = $1", {comment.thread}));
  }
  return {};
}

Result<bool> SetCommentLike(stores::Transaction& tx, CommentId id, AccountId account, bool present,
                            Timestamp now) {
  if (present) {
    ASSIGN_OR_RETURN(const auto added,
                     tx.Execute("INSERT INTO comment_likes (comment_id, account_id, created_at) "
                                "VALUES ($1, $2, $3) ON CONFLICT (comment_id, account_id) "
                                "DO NOTHING",
                                {id, account, now}));
    if (added == 0) return false;
    RETURN_IF_ERROR(tx.Execute("UPDATE comments SET likes = likes + 1 WHERE id = $1", {id}));
    return true;
  }
  ASSIGN_OR_RETURN(const auto removed,
                   tx.Execute("DELETE FROM comment_likes WHERE comment_id = $1 AND account_id = $2",
                              {id, account}));
  if (removed == 0) return false;
  RETURN_IF_ERROR(tx.Execute("UPDATE comments SET likes = likes - 1 WHERE id = $1", {id}));
  return true;
}

Result<> AddEvent(stores::Transaction& tx, const EngagementEvent& event) {
  return stores::AddToOutbox(tx, kEngagementTopic, std::to_string(event.post_id.value),
                             net::ToJson(event));
}

Result<CommentRanking> RankComments(stores::Transaction& tx, CommentThread thread) {
  CommentRanking ranking;
  RETURN_IF_ERROR(tx.Query("SELECT max(id) FROM comments WHERE post_id = $1 AND thread_id = $2",
                           {thread.post, thread.thread}, [&](const stores::Row& row) {
                             ranking.newest = row.AsId<CommentId>(0);
                           }));
  RETURN_IF_ERROR(
      tx.Query("SELECT id FROM comments WHERE post_id = $1 AND thread_id = $2 AND "
               "(deleted_at IS NULL OR replies > 0) ORDER BY likes DESC, id DESC LIMIT $3",
               {thread.post, thread.thread, CommentRanking::kMostRanked},
               [&](const stores::Row& row) { ranking.first.push_back(row.AsId<CommentId>(0)); }));
  return ranking;
}

Result<std::optional<CommentRanking>> FindRanking(stores::Transaction& tx, CommentThread thread,
                                                  std::uint64_t id) {
  std::optional<CommentRanking> ranking;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, newest_id, ids FROM comment_rankings WHERE id = $1 AND post_id = $2 AND "
               "thread_id = $3",
               {id, thread.post, thread.thread},
               [&](const stores::Row& row) { ranking = ReadRanking(row); }));
  return ranking;
}

Result<std::optional<CommentRanking>> NewestRanking(stores::Transaction& tx, CommentThread thread) {
  std::optional<CommentRanking> ranking;
  RETURN_IF_ERROR(tx.Query(
      "SELECT id, newest_id, ids FROM comment_rankings WHERE post_id = $1 AND "
      "thread_id = $2 ORDER BY id DESC LIMIT 1",
      {thread.post, thread.thread}, [&](const stores::Row& row) { ranking = ReadRanking(row); }));
  return ranking;
}

Result<> InsertRanking(stores::Transaction& tx, CommentThread thread,
                       const CommentRanking& ranking) {
  const std::string ids = WriteIds(ranking.first);
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO comment_rankings (id, post_id, thread_id, newest_id, ids) "
                 "VALUES ($1, $2, $3, $4, $5)",
                 {ranking.id, thread.post, thread.thread, ranking.newest, ids}));
  return {};
}

Result<std::int64_t> RemoveRankings(stores::Transaction& tx, std::uint64_t before,
                                    std::size_t limit) {
  return tx.Execute(
      "DELETE FROM comment_rankings WHERE id IN "
      "(SELECT id FROM comment_rankings WHERE id < $1 ORDER BY id LIMIT $2)",
      {before, limit});
}

Result<std::vector<std::uint64_t>> LiveComments(stores::Transaction& tx, PostId post,
                                                std::uint64_t after, std::size_t limit) {
  std::vector<std::uint64_t> ids;
  RETURN_IF_ERROR(tx.Query(
      "SELECT id FROM comments WHERE post_id = $1 AND id > $2 AND deleted_at IS NULL "
      "ORDER BY id LIMIT $3",
      {post, after, limit},
      [&](const stores::Row& row) { ids.push_back(static_cast<std::uint64_t>(row.Int(0))); }));
  return ids;
}

Result<std::int64_t> RemoveCommentsOf(stores::Transaction& tx, PostId post, std::size_t limit) {
  std::vector<std::uint64_t> ids;
  RETURN_IF_ERROR(tx.Query(
      "SELECT id FROM comments WHERE post_id = $1 ORDER BY id LIMIT $2", {post, limit},
      [&](const stores::Row& row) { ids.push_back(static_cast<std::uint64_t>(row.Int(0))); }));
  for (const auto id : ids) {
    RETURN_IF_ERROR(tx.Execute("DELETE FROM comment_likes WHERE comment_id = $1", {id}));
    RETURN_IF_ERROR(tx.Execute("DELETE FROM comments WHERE id = $1", {id}));
  }
  if (ids.empty()) {
    RETURN_IF_ERROR(tx.Execute("DELETE FROM comment_rankings WHERE post_id = $1", {post}));
  }
  return static_cast<std::int64_t>(ids.size());
}

}  // namespace freshet::engagement
