#include "services/engagement/comments.h"

#include <algorithm>

#include "net/json/json_reader.h"
#include "net/json/json_writer.h"
#include "services/engagement/counter_spaces.h"
#include "stores/database/operations.h"
#include "stores/database/outbox.h"

namespace freshet::engagement {
namespace {

// A cursor into an order by likes works at least so long.
constexpr Duration kRankingLifetime{7 * 24 * 3'600'000LL};
constexpr std::size_t kRowsAtOnce = 500;

Failure NoSuchPost() { return NotFound("There is no such post."); }
Failure NoSuchComment() { return NotFound("There is no such comment."); }

std::string KeyOf(PostId post) { return std::to_string(post.value); }

// What a cursor belongs to.
std::string CursorKind(std::string_view order, CommentThread thread) {
  return "comments " + std::string(order) + ' ' + std::to_string(thread.post.value) + ' ' +
         std::to_string(thread.thread.value);
}

Failure ForeignCursor() {
  return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
}

Failure NothingToReplyTo() {
  return InvalidField("/reply_to", "no_such_comment",
                      "Reply to a comment that stands under this post.");
}

// The comment that a new one replies to, of which the thread and the author count.
Result<StoredComment> FindParent(stores::Transaction& tx, PostId post, CommentId id) {
  ASSIGN_OR_RETURN(auto parent, FindComment(tx, id, AccountId{}));
  if (!parent || parent->post != post || parent->deleted_at) {
    return NothingToReplyTo();
  }
  return *std::move(parent);
}

// Inserts `comment`, in the thread of what it replies to, and says so.
Result<> WriteNew(stores::Transaction& tx, StoredComment comment, AccountId post_author,
                  std::optional<CommentId> reply_to) {
  EngagementEvent event{.type = EngagementEventType::kCommentCreated,
                        .post_id = comment.post,
                        .author_id = post_author,
                        .account_id = comment.author,
                        .comment_id = comment.id,
                        .comment_author_id = comment.author,
                        .at = IdTime(comment.id.value)};
  if (reply_to) {
    ASSIGN_OR_RETURN(const auto parent, FindParent(tx, comment.post, *reply_to));
    comment.thread = parent.thread ? parent.thread : parent.id;
    event.reply_to = parent.id;
    event.reply_to_author_id = parent.author;
  }
  RETURN_IF_ERROR(InsertComment(tx, comment));
  return AddEvent(tx, event);
}

// A page in the order of likes, and where it ends.
struct RankedComments {
  CommentRanking ranking = {};
  std::vector<StoredComment> comments = {};
  std::size_t position = 0;  // in the ranking
  CommentId before = {};     // beyond it
  bool more = false;
};

struct PageOf {
  AccountId viewer;
  std::size_t limit = 0;
};

// Goes on from the position in the ranking with this id; from the front of a new one when it is 0.
Result<RankedComments> ReadByLikes(stores::Transaction& tx, CommentThread thread,
                                   RankedComments page, PageOf wanted) {
  if (page.ranking.id != 0) {
    ASSIGN_OR_RETURN(auto kept, FindRanking(tx, thread, page.ranking.id));
    if (!kept) {
      return InvalidField("cursor", "cursor_expired",
                          "This cursor is too old; start again from the first page.");
    }
    page.ranking = *std::move(kept);
  } else {
    ASSIGN_OR_RETURN(page.ranking, RankComments(tx, thread));
    page.before = CommentId{page.ranking.newest.value + 1};
  }
  const auto& first = page.ranking.first;
  for (; page.position < first.size() && page.comments.size() < wanted.limit; ++page.position) {
    ASSIGN_OR_RETURN(auto comment, FindComment(tx, first[page.position], wanted.viewer));
    if (comment && comment->shown()) page.comments.push_back(*std::move(comment));
  }
  page.more = page.position < first.size();
  if (page.more || first.size() < CommentRanking::kMostRanked) return page;
  ASSIGN_OR_RETURN(auto rest, CommentsBefore(tx, thread, page.before,
                                             wanted.limit + 1 + first.size(), wanted.viewer));
  for (auto& comment : rest) {
    if (std::ranges::find(first, comment.id) != first.end()) continue;
    page.more = page.comments.size() == wanted.limit;
    if (page.more) break;
    page.before = comment.id;
    page.comments.push_back(std::move(comment));
  }
  return page;
}

}  // namespace

struct Comments::Slice {
  std::vector<StoredComment> comments;
  std::optional<std::string> next;
};

Awaitable<Result<AccountId>> Comments::PostAuthor(AccountId viewer, PostId post,
                                                  Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await parts_.social.Show(viewer, {&post.value, 1}, deadline));
  if (!shown.front()) co_return NoSuchPost();
  co_return shown.front()->author();
}

Awaitable<Result<std::pair<StoredComment, AccountId>>> Comments::Find(AccountId viewer,
                                                                      CommentId id,
                                                                      Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto comment,
      co_await stores::ReadReturning(
          parts_.database, [&](stores::Transaction& tx) { return FindComment(tx, id, viewer); },
          deadline));
  if (!comment) co_return NoSuchComment();
  const auto author = co_await PostAuthor(viewer, comment->post, deadline);
  if (!author && author.error().kind() == ErrorKind::kNotFound) co_return NoSuchComment();
  if (!author) co_return std::unexpected(author.error());
  // What somebody wrote whom the viewer blocks is not there, except for who has to clean up.
  if (!comment->deleted_at && viewer != *author) {
    CO_ASSIGN_OR_RETURN(const bool may, co_await MayMeet(viewer, comment->author, deadline));
    if (!may) co_return NoSuchComment();
  }
  co_return std::pair(*std::move(comment), *author);
}

Awaitable<Result<bool>> Comments::MayMeet(AccountId viewer, AccountId person, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto may,
                      co_await parts_.social.MaySeePeople(viewer, {&person.value, 1}, deadline));
  co_return may.front();
}

Awaitable<Result<>> Comments::DropUnseen(AccountId viewer, std::vector<StoredComment>& comments,
                                         Deadline deadline) {
  std::vector<std::uint64_t> authors;
  authors.reserve(comments.size());
  for (const auto& comment : comments) authors.push_back(comment.author.value);
  CO_ASSIGN_OR_RETURN(const auto may,
                      co_await parts_.social.MaySeePeople(viewer, authors, deadline));
  std::size_t at = 0;
  std::erase_if(comments,
                [&](const StoredComment& comment) { return !may[at++] && !comment.deleted_at; });
  co_return Result<>();
}

Awaitable<Result<Comment>> Comments::Create(AccountId author, PostId post, CreateComment request,
                                            std::optional<OperationKey> operation,
                                            Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const AccountId post_author, co_await PostAuthor(author, post, deadline));
  if (request.reply_to) {
    const auto parent = co_await Find(author, *request.reply_to, deadline);
    if (!parent && parent.error().kind() == ErrorKind::kNotFound) co_return NothingToReplyTo();
    if (!parent) co_return std::unexpected(parent.error());
  }
  const auto create = [&](stores::Transaction& tx) -> Result<CommentId> {
    // Ids are handed out under the post's lock, so that they stand in the order of the commits: a
    // page that has seen a comment has seen all that are older.
    RETURN_IF_ERROR(tx.LockOutbox(KeyOf(post)));
    const auto id = parts_.ids.Next<CommentId>();
    if (operation) {
      ASSIGN_OR_RETURN(const auto earlier,
                       stores::ClaimOperation(tx, *operation, id.value, parts_.clock.Now()));
      if (earlier) return CommentId{*earlier};
    }
    RETURN_IF_ERROR(WriteNew(tx, {.id = id, .post = post, .author = author, .text = request.text},
                             post_author, request.reply_to));
    return id;
  };
  CO_ASSIGN_OR_RETURN(const CommentId id,
                      co_await stores::WriteReturning(parts_.database, create, deadline));
  // A failure here is mended by the worker that reads the fact.
  (void)co_await Count({&id, 1}, deadline);
  // Whatever became of the post meanwhile, the comment was written.
  CO_ASSIGN_OR_RETURN(
      auto made,
      co_await stores::ReadReturning(
          parts_.database, [&](stores::Transaction& tx) { return FindComment(tx, id, author); },
          deadline));
  if (!made) co_return NoSuchComment();
  co_return co_await Complete(*std::move(made), deadline);
}

Awaitable<Result<Comment>> Comments::Edit(AccountId caller, CommentId id, EditComment request,
                                          Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto found, co_await Find(caller, id, deadline));
  const AccountId post_author = found.second;
  if (found.first.deleted_at) co_return NoSuchComment();
  if (found.first.author != caller) co_return Forbidden("Only its author can edit a comment.");
  const auto edit = [&](stores::Transaction& tx) -> Result<StoredComment> {
    ASSIGN_OR_RETURN(auto comment, FindComment(tx, id, caller));
    if (!comment || comment->deleted_at) return NoSuchComment();
    if (comment->text == request.text) return *std::move(comment);
    const Timestamp now = parts_.clock.Now();
    RETURN_IF_ERROR(tx.Execute("UPDATE comments SET text = $2, edited_at = $3 WHERE id = $1",
                               {id, request.text, now}));
    RETURN_IF_ERROR(AddEvent(tx, {.type = EngagementEventType::kCommentUpdated,
                                  .post_id = comment->post,
                                  .author_id = post_author,
                                  .account_id = caller,
                                  .comment_id = id,
                                  .comment_author_id = caller,
                                  .at = now}));
    comment->text = request.text;
    comment->edited_at = now;
    return *std::move(comment);
  };
  CO_ASSIGN_OR_RETURN(auto edited,
                      co_await stores::WriteReturning(parts_.database, edit, deadline));
  co_return co_await Complete(std::move(edited), deadline);
}

Awaitable<Result<>> Comments::Delete(AccountId caller, CommentId id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto found, co_await Find(caller, id, deadline));
  const auto& [comment, post_author] = found;
  if (comment.author != caller && post_author != caller) {
    if (comment.deleted_at) co_return NoSuchComment();
    co_return Forbidden("Only its author, and the author of the post, can delete a comment.");
  }
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        ASSIGN_OR_RETURN(const auto now_stored, FindComment(tx, id, caller));
        if (!now_stored || now_stored->deleted_at) return {};
        const Timestamp now = parts_.clock.Now();
        RETURN_IF_ERROR(MarkDeleted(tx, *now_stored, now));
        return AddEvent(tx, {.type = EngagementEventType::kCommentDeleted,
                             .post_id = now_stored->post,
                             .author_id = post_author,
                             .account_id = caller,
                             .comment_id = id,
                             .comment_author_id = now_stored->author,
                             .at = now});
      },
      deadline));
  (void)co_await Count({&id, 1}, deadline);
  co_return Result<>();
}

Awaitable<Result<Comment>> Comments::Like(AccountId caller, CommentId id, bool present,
                                          Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto found, co_await Find(caller, id, deadline));
  const AccountId post_author = found.second;
  const auto like = [&](stores::Transaction& tx) -> Result<StoredComment> {
    ASSIGN_OR_RETURN(auto comment, FindComment(tx, id, caller));
    if (!comment || comment->deleted_at) return NoSuchComment();
    const Timestamp now = parts_.clock.Now();
    ASSIGN_OR_RETURN(const bool changed, SetCommentLike(tx, id, caller, present, now));
    if (!changed) return *std::move(comment);
    RETURN_IF_ERROR(AddEvent(tx, {.type = present ? EngagementEventType::kCommentLiked
                                                  : EngagementEventType::kCommentUnliked,
                                  .post_id = comment->post,
                                  .author_id = post_author,
                                  .account_id = caller,
                                  .comment_id = id,
                                  .comment_author_id = comment->author,
                                  .at = now}));
    comment->likes += present ? 1 : -1;
    comment->liked = present;
    return *std::move(comment);
  };
  CO_ASSIGN_OR_RETURN(auto liked, co_await stores::WriteReturning(parts_.database, like, deadline));
  co_return co_await Complete(std::move(liked), deadline);
}

Awaitable<Result<net::Page<Comment>>> Comments::List(AccountId viewer, PostId post,
                                                     CommentsQuery which, net::PageQuery query,
                                                     Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await PostAuthor(viewer, post, deadline));
  const CommentThread thread{.post = post, .thread = which.reply_to.value_or(CommentId{})};
  CO_ASSIGN_OR_RETURN(
      auto slice, which.order == CommentOrder::kTop
                      ? co_await ByLikes(viewer, thread, std::move(query), deadline)
                      : co_await ByTime(viewer, thread, which.order, std::move(query), deadline));
  CO_RETURN_IF_ERROR(co_await DropUnseen(viewer, slice.comments, deadline));
  net::Page<Comment> page;
  CO_ASSIGN_OR_RETURN(page.items, co_await Complete(std::move(slice.comments), deadline));
  if (slice.next) page.next = *std::move(slice.next);
  co_return page;
}

Awaitable<Result<Comments::Slice>> Comments::ByTime(AccountId viewer, CommentThread thread,
                                                    CommentOrder order, net::PageQuery query,
                                                    Deadline deadline) {
  const bool newest_first = order == CommentOrder::kNewest;
  const std::string kind = CursorKind(NameOf(order), thread);
  CommentId from{newest_first ? kMaxIdValue : 0};
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, parts_.cursors.Decode(kind, *query.cursor));
    if (values.size() != 1) co_return ForeignCursor();
    from = CommentId{values.front()};
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  Slice slice;
  CO_ASSIGN_OR_RETURN(slice.comments,
                      co_await stores::ReadReturning(
                          parts_.database,
                          [&](stores::Transaction& tx) {
                            return newest_first
                                       ? CommentsBefore(tx, thread, from, limit + 1, viewer)
                                       : CommentsAfter(tx, thread, from, limit + 1, viewer);
                          },
                          deadline));
  if (slice.comments.size() > limit) {
    slice.comments.resize(limit);
    slice.next = parts_.cursors.Encode(kind, {slice.comments.back().id.value});
  }
  co_return slice;
}

Awaitable<Result<Comments::Slice>> Comments::ByLikes(AccountId viewer, CommentThread thread,
                                                     net::PageQuery query, Deadline deadline) {
  const std::string kind = CursorKind(NameOf(CommentOrder::kTop), thread);
  std::uint64_t ranking_id = 0;
  std::size_t position = 0;  // in the ranking
  CommentId before;          // beyond it
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, parts_.cursors.Decode(kind, *query.cursor));
    if (values.size() != 3) co_return ForeignCursor();
    ranking_id = values[0];
    position = values[1];
    before = CommentId{values[2]};
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  const auto read = [&](stores::Transaction& tx) {
    RankedComments from{.position = position, .before = before};
    from.ranking.id = ranking_id;
    return ReadByLikes(tx, thread, std::move(from), {.viewer = viewer, .limit = limit});
  };
  CO_ASSIGN_OR_RETURN(auto reading,
                      co_await stores::ReadReturning(parts_.database, read, deadline));
  Slice slice;
  if (reading.more) {
    if (ranking_id == 0) {
      CO_ASSIGN_OR_RETURN(ranking_id, co_await KeepRanking(thread, reading.ranking, deadline));
    }
    slice.next = parts_.cursors.Encode(kind, {ranking_id, reading.position, reading.before.value});
  }
  slice.comments = std::move(reading.comments);
  co_return slice;
}

Awaitable<Result<std::uint64_t>> Comments::KeepRanking(CommentThread thread,
                                                       const CommentRanking& ranking,
                                                       Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const auto newest,
      co_await stores::ReadReturning(
          parts_.database, [&](stores::Transaction& tx) { return NewestRanking(tx, thread); },
          deadline));
  // One that is young enough outlives every cursor into it for long.
  const Timestamp young = parts_.clock.Now() - kRankingLifetime / 2;
  if (newest && newest->SameOrder(ranking) && IdTime(newest->id) > young) co_return newest->id;
  CommentRanking kept = ranking;
  kept.id = parts_.ids.Next();
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(
      [&](stores::Transaction& tx) { return InsertRanking(tx, thread, kept); }, deadline));
  co_return kept.id;
}

Awaitable<Result<>> Comments::RemoveOldRankings(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto before, FirstIdAt(parts_.clock.Now() - kRankingLifetime));
  std::int64_t removed = 0;
  do {
    CO_ASSIGN_OR_RETURN(removed, co_await stores::WriteReturning(
                                     parts_.database,
                                     [&](stores::Transaction& tx) {
                                       return RemoveRankings(tx, before, kRowsAtOnce);
                                     },
                                     deadline));
  } while (removed > 0);
  co_return Result<>();
}

Awaitable<Result<>> Comments::Count(std::span<const CommentId> ids, Deadline deadline) {
  struct Memberships {
    std::vector<stores::Membership> present, gone;
  };
  CO_ASSIGN_OR_RETURN(
      auto counted,
      co_await stores::ReadReturning(
          parts_.database,
          [&](stores::Transaction& tx) -> Result<Memberships> {
            Memberships memberships;
            for (const CommentId id : ids) {
              ASSIGN_OR_RETURN(const auto comment, FindComment(tx, id, AccountId{}));
              if (!comment) continue;
              (comment->deleted_at ? memberships.gone : memberships.present)
                  .push_back({.set = {.space = kPostComments, .id = comment->post.value},
                              .member = AccountId{id.value}});
            }
            return memberships;
          },
          deadline));
  CO_RETURN_IF_ERROR(co_await parts_.counters.AddMembers(std::move(counted.present), deadline));
  CO_RETURN_IF_ERROR(co_await parts_.counters.RemoveMembers(std::move(counted.gone), deadline));
  co_return Result<>();
}

Awaitable<Result<>> Comments::Purge(PostId post, Deadline deadline) {
  std::int64_t removed = 0;
  do {
    CO_ASSIGN_OR_RETURN(removed, co_await stores::WriteReturning(
                                     parts_.database,
                                     [&](stores::Transaction& tx) {
                                       return RemoveCommentsOf(tx, post, kRowsAtOnce);
                                     },
                                     deadline));
  } while (removed > 0);
  co_return Result<>();
}

Awaitable<Result<std::uint64_t>> Comments::NewestId(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      parts_.database,
      [](stores::Transaction& tx) -> Result<std::uint64_t> {
        std::uint64_t newest = 0;
        for (const std::string_view sql :
             {std::string_view("SELECT max(id) FROM comments"),
              std::string_view("SELECT max(id) FROM comment_rankings")}) {
          RETURN_IF_ERROR(tx.Query(sql, {}, [&](const stores::Row& row) {
            newest = std::max(newest, static_cast<std::uint64_t>(row.Int(0)));
          }));
        }
        return newest;
      },
      deadline);
}

Awaitable<Result<Comment>> Comments::Complete(StoredComment stored, Deadline deadline) {
  std::vector<StoredComment> one;
  one.push_back(std::move(stored));
  CO_ASSIGN_OR_RETURN(auto comments, co_await Complete(std::move(one), deadline));
  co_return std::move(comments.front());
}

Awaitable<Result<std::vector<Comment>>> Comments::Complete(std::vector<StoredComment> stored,
                                                           Deadline deadline) {
  std::vector<std::uint64_t> authors;
  authors.reserve(stored.size());
  for (const auto& comment : stored) authors.push_back(comment.author.value);
  CO_ASSIGN_OR_RETURN(const auto cards, co_await parts_.profiles.Cards(authors, deadline));
  std::vector<Comment> comments;
  comments.reserve(stored.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    auto& from = stored[i];
    Comment comment{.id = from.id,
                    .post_id = from.post,
                    .created_at = IdTime(from.id.value),
                    .deleted = from.deleted_at.has_value(),
                    .counts = {.likes = from.likes, .replies = from.replies},
                    .viewer = {.liked = from.liked}};
    if (from.thread) comment.reply_to = from.thread;
    if (comment.deleted) {
      comment.counts.likes = 0;
      comment.viewer.liked = false;
    } else {
      comment.text = std::move(from.text);
      comment.entities = social::EntitiesOf(comment.text, {});
      if (from.edited_at) comment.edited_at = *from.edited_at;
      if (cards[i]) {
        CO_ASSIGN_OR_RETURN(comment.author, net::ReadJson<accounts::AuthorCard>(
                                                accounts::AuthorCardView(*cards[i]).json()));
      }
    }
    comments.push_back(std::move(comment));
  }
  co_return comments;
}

}  // namespace freshet::engagement
