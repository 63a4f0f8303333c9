// Comments: written, edited, deleted, liked, and paged through.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "base/operation_key.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "services/accounts/api.h"
#include "services/engagement/comment_rows.h"
#include "services/engagement/events.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"

namespace freshet::engagement {

// What comments stand on. All must outlive them.
struct CommentsParts {
  social::SocialReads& social;
  accounts::Profiles& profiles;
  stores::Database& database;
  stores::Counters& counters;
  const net::CursorCodec& cursors;
  IdGenerator& ids;
  const Clock& clock;
};

// Who may see a post may read and write its comments; nobody else learns that they exist. Each
// change is durable, with its fact in the outbox, before it returns. Thread-safe.
class Comments {
 public:
  explicit Comments(CommentsParts parts) : parts_(parts) {}

  // `operation` makes a repeated request find the comment that the first one made.
  // Errors: kNotFound (the post), kInvalid (code "no_such_comment": what it replies to).
  Awaitable<Result<Comment>> Create(AccountId author, PostId post, CreateComment request,
                                    std::optional<OperationKey> operation, Deadline deadline);
  // Errors: kNotFound, kForbidden (somebody else's).
  Awaitable<Result<Comment>> Edit(AccountId caller, CommentId id, EditComment request,
                                  Deadline deadline);
  // For its author and the post's. Idempotent for its author. Errors: as Edit.
  Awaitable<Result<>> Delete(AccountId caller, CommentId id, Deadline deadline);
  // Idempotent. Errors: kNotFound.
  Awaitable<Result<Comment>> Like(AccountId caller, CommentId id, bool present, Deadline deadline);

  // Pages that follow each other by their cursors neither repeat nor skip a comment that existed
  // when the first was read, whatever is written and liked meanwhile. A page may be short although
  // another follows. Errors: kNotFound (the post), kInvalid (the cursor).
  Awaitable<Result<net::Page<Comment>>> List(AccountId viewer, PostId post, CommentsQuery which,
                                             net::PageQuery query, Deadline deadline);

  // Makes the count of comments say what the database says of each of `ids`. Idempotent.
  Awaitable<Result<>> Count(std::span<const CommentId> ids, Deadline deadline);
  // Removes the comments of a post that is gone for good. Idempotent.
  Awaitable<Result<>> Purge(PostId post, Deadline deadline);
  // Forgets the orders of long ago; a cursor into one then says that it has expired.
  Awaitable<Result<>> RemoveOldRankings(Deadline deadline);

  // The greatest id that a comment has; 0 when there is none.
  Awaitable<Result<std::uint64_t>> NewestId(Deadline deadline);

 private:
  struct Slice;
  // The author of a post that `viewer` may see. Errors: kNotFound.
  Awaitable<Result<AccountId>> PostAuthor(AccountId viewer, PostId post, Deadline deadline);
  // A comment under a post that `viewer` may see, and who wrote the post. Errors: kNotFound.
  Awaitable<Result<std::pair<StoredComment, AccountId>>> Find(AccountId viewer, CommentId id,
                                                              Deadline deadline);
  // Whether neither blocks the other.
  Awaitable<Result<bool>> MayMeet(AccountId viewer, AccountId person, Deadline deadline);
  Awaitable<Result<>> DropUnseen(AccountId viewer, std::vector<StoredComment>& comments,
                                 Deadline deadline);
  Awaitable<Result<Slice>> ByTime(AccountId viewer, CommentThread thread, CommentOrder order,
                                  net::PageQuery query, Deadline deadline);
  Awaitable<Result<Slice>> ByLikes(AccountId viewer, CommentThread thread, net::PageQuery query,
                                   Deadline deadline);
  Awaitable<Result<std::uint64_t>> KeepRanking(CommentThread thread, const CommentRanking& ranking,
                                               Deadline deadline);
  Awaitable<Result<std::vector<Comment>>> Complete(std::vector<StoredComment> stored,
                                                   Deadline deadline);
  Awaitable<Result<Comment>> Complete(StoredComment stored, Deadline deadline);

  CommentsParts parts_;
};

}  // namespace freshet::engagement
