// Comments in the database: what is read and written within a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "services/engagement/types.h"
#include "stores/database/database.h"

namespace freshet::engagement {

struct StoredComment {
  CommentId id;
  PostId post;
  CommentId thread = {};  // the comment that it replies to; 0: none
  AccountId author;
  std::string text;
  std::int64_t likes = 0;
  std::int64_t replies = 0;  // that are not deleted
  std::optional<Timestamp> edited_at = {};
  std::optional<Timestamp> deleted_at = {};
  bool liked = false;  // by the viewer it was read for

  // A deleted comment keeps its place as long as there are replies to it.
  bool shown() const { return !deleted_at || replies > 0; }
};

// The comments under a post that reply to `thread`; to nothing, when it is 0.
struct CommentThread {
  PostId post;
  CommentId thread;
};

// The order by likes, as it was at one moment, so that its pages neither repeat nor skip.
struct CommentRanking {
  // Longer ones would be dear to keep; what follows is in order of time, newest first.
  static constexpr std::size_t kMostRanked = 200;

  std::uint64_t id = 0;
  std::vector<CommentId> first;  // the most liked
  CommentId newest;              // later comments are in no page

  bool SameOrder(const CommentRanking& other) const {
    return first == other.first && newest == other.newest;
  }
};

Result<std::optional<StoredComment>> FindComment(stores::Transaction& tx, CommentId id,
                                                 AccountId viewer);
// Those that are shown with ids below `before`, descending, at most `limit`.
Result<std::vector<StoredComment>> CommentsBefore(stores::Transaction& tx, CommentThread thread,
                                                  CommentId before, std::size_t limit,
                                                  AccountId viewer);
// With ids above `after`, ascending.
Result<std::vector<StoredComment>> CommentsAfter(stores::Transaction& tx, CommentThread thread,
                                                 CommentId after, std::size_t limit,
                                                 AccountId viewer);

// Within these, the replies of the comment that is replied to and the post's registration for
// counting are kept too.
Result<> InsertComment(stores::Transaction& tx, const StoredComment& comment);
Result<> MarkDeleted(stores::Transaction& tx, const StoredComment& comment, Timestamp now);
// Returns whether it was not so already.
Result<bool> SetCommentLike(stores::Transaction& tx, CommentId id, AccountId account, bool present,
                            Timestamp now);

// Adds the fact to the outbox.
Result<> AddEvent(stores::Transaction& tx, const EngagementEvent& event);

// The order by likes as it is now; its id is 0.
Result<CommentRanking> RankComments(stores::Transaction& tx, CommentThread thread);
// Nothing when it was removed.
Result<std::optional<CommentRanking>> FindRanking(stores::Transaction& tx, CommentThread thread,
                                                  std::uint64_t id);
Result<std::optional<CommentRanking>> NewestRanking(stores::Transaction& tx, CommentThread thread);
Result<> InsertRanking(stores::Transaction& tx, CommentThread thread,
                       const CommentRanking& ranking);
// Removes rankings with ids below `before`, at most `limit`; returns how many.
Result<std::int64_t> RemoveRankings(stores::Transaction& tx, std::uint64_t before,
                                    std::size_t limit);

// The ids of a post's comments that are not deleted, ascending from beyond `after`.
Result<std::vector<std::uint64_t>> LiveComments(stores::Transaction& tx, PostId post,
                                                std::uint64_t after, std::size_t limit);
// Removes at most `limit` comments of the post, with what hangs on them; returns how many.
Result<std::int64_t> RemoveCommentsOf(stores::Transaction& tx, PostId post, std::size_t limit);

}  // namespace freshet::engagement
