// Brings in whole graphs and archives of posts, many rows to a transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "services/social/types.h"
#include "stores/database/database.h"

namespace freshet::social {

// How far a file has been brought in. It moves in the transaction that brings the rows in, so that
// an import which was interrupted goes on where it stopped and nothing comes twice.
struct ImportProgress {
  std::string file;        // names the file by its content
  std::int64_t lines = 0;  // from its beginning that are done
};

struct BulkFollow {
  AccountId follower;
  AccountId followee;
};

struct BulkScore {
  AccountId follower;
  AccountId followee;
  double score = 0;
  Timestamp at;
};

struct BulkPost {
  AccountId author;
  std::string text;
  Privacy privacy = Privacy::kPublic;
  Timestamp created_at;
};

// Thread-safe.
class Bulk {
 public:
  Bulk(stores::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // 0 for a file that was never seen.
  Awaitable<Result<std::int64_t>> LinesDone(std::string file, Deadline deadline);

  // Adds the follows that are not there yet and that no block forbids, with their counts, and moves
  // the progress. Returns how many were new. Each follower's home shows them soon after. Errors:
  // kConflict (code "import_moved") when the progress is not at `progress.lines` less
  // `lines_in_batch`: another import of the same file is under way.
  Awaitable<Result<std::int64_t>> AddFollows(std::vector<BulkFollow> follows,
                                             ImportProgress progress, std::int64_t lines_in_batch,
                                             Deadline deadline);

  // Sets interaction scores (affinity.h) as they were at their times, for those of the follows that
  // exist. Returns how many. A reader's cached scores follow within the hour.
  Awaitable<Result<std::int64_t>> SetScores(std::vector<BulkScore> scores, Deadline deadline);

  // Adds posts as if they had been written at their created_at, in this order within a millisecond.
  // Returns their ids, in that order. They reach their readers through the fan-out, silently.
  // Errors: as AddFollows; kInvalid for a time that an id cannot hold.
  Awaitable<Result<std::vector<PostId>>> AddPosts(std::vector<BulkPost> posts,
                                                  ImportProgress progress,
                                                  std::int64_t lines_in_batch, Deadline deadline);

 private:
  stores::Database& database_;
  const Clock& clock_;
};

}  // namespace freshet::social
