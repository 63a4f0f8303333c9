// Brings in what people did elsewhere, or long ago.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "services/engagement/types.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"

namespace freshet::engagement {

struct BulkLike {
  AccountId account;
  PostId post;
};

struct BulkComment {
  AccountId author;
  PostId post;
  AccountId post_author;
  std::string text;
  Timestamp created_at;
  // Of an answer: what it answers, or its place among the comments that are added with it, earlier
  // than this one's; and who wrote that.
  CommentId reply_to = {};
  std::optional<std::size_t> reply_to_row = {};
  AccountId reply_to_author = {};
};

// Asks nobody who may see what: the caller knows that the posts are public. Thread-safe.
class Bulk {
 public:
  Bulk(stores::Database& database, stores::Counters& counters)
      : database_(database), counters_(counters) {}

  // Idempotent. Errors: the counters'.
  Awaitable<Result<>> AddLikes(std::vector<BulkLike> likes, Deadline deadline);
  // As if they had been written at their created_at; all or none. Adds them again when repeated.
  // Returns their ids in the same order. Errors: the database's; kInvalid for a time that an id
  // cannot hold.
  Awaitable<Result<std::vector<CommentId>>> AddComments(std::vector<BulkComment> comments,
                                                        Deadline deadline);

 private:
  stores::Database& database_;
  stores::Counters& counters_;
};

}  // namespace freshet::engagement
