// Deleted posts: had back for a while, then removed for good.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/async.h"
#include "base/describe.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/social/posts.h"
#include "stores/database/database.h"

namespace freshet::social {

struct PostsOptions {
  Duration restorable{30LL * 24 * 3'600'000};
  Duration purge_interval{60'000};

  static constexpr auto Describe() {
    return Description(
        "posts", "Posts.",
        Field("restorable", &PostsOptions::restorable)
            .Range(0, 3.2e10)
            .Unit("ms")
            .Doc("How long an author can have a deleted post back. Afterwards it is removed for "
                 "good, with everything that hung on it."),
        Field("purge_interval", &PostsOptions::purge_interval)
            .Range(10, 86.4e6)
            .Unit("ms")
            .Doc("Between two looks for posts to remove for good."));
  }
};

// Thread-safe.
class DeletedPosts {
 public:
  DeletedPosts(PostsOptions options, stores::Database& database, Posts& posts, const Clock& clock,
               Logger& logger, Metrics& metrics);

  // Gives the author a deleted post back, at its place in every list; nothing happens to one that
  // is not deleted. Errors: kNotFound, kConflict (code "gone": its time is over).
  Awaitable<Result<ShownPost>> Restore(AccountId caller, PostId id, Deadline deadline);

  struct Entry {
    StoredPost post;
    Timestamp deleted_at;
  };
  // What `author` can have back, last deleted first, after `before` (nullopt: the start).
  struct Position {
    Timestamp deleted_at;
    PostId post;
  };
  Awaitable<Result<std::vector<Entry>>> List(AccountId author, std::optional<Position> before,
                                             std::size_t limit, Deadline deadline);
  Timestamp RestorableUntil(Timestamp deleted_at) const { return deleted_at + options_.restorable; }

  // Removes the posts for good whose time is over. Returns how many there were. Idempotent. Errors:
  // the database's, after removing what could be.
  Awaitable<Result<std::int64_t>> Purge(Deadline deadline);
  // Does so again and again until `stop`.
  Awaitable<> KeepPurging(std::stop_token stop);

 private:
  const PostsOptions options_;
  stores::Database& database_;
  Posts& posts_;
  const Clock& clock_;
  Logger& logger_;
  Counter purged_;
};

}  // namespace freshet::social
