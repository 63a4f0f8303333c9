// Edits of posts, and what they said before.
#pragma once

#include <functional>

#include "base/async.h"
#include "base/id.h"
#include "net/api/answers.h"
#include "services/social/post_history_types.h"
#include "services/social/posts.h"
#include "services/social/types.h"
#include "services/social/visibility.h"
#include "stores/database/database.h"

namespace freshet::social {

// Thread-safe.
class PostEdits {
 public:
  PostEdits(stores::Database& database, Posts& posts, Visibility& visibility, const Clock& clock)
      : database_(database), posts_(posts), visibility_(visibility), clock_(clock) {}

  static constexpr std::int64_t kMostVersions = 100;

  // Whether an edit may go on that was made of the post as it was shown; empty: it always may.
  using Precondition = std::function<bool(const ShownPost&)>;

  // Durable before it returns; what changes nothing is no edit. Followers see it soon after, and a
  // post that others may see no longer leaves their feeds, one that they may see now takes its
  // place there. Errors: kNotFound (also for posts that `caller` may not see), kForbidden (somebody
  // else's), kConflict (codes "precondition_failed", "too_many_edits").
  Awaitable<Result<ShownPost>> Edit(AccountId caller, PostId id, EditPost request,
                                    Precondition may_go_on, Deadline deadline);

  // What the post says and said, newest first. A text that was replaced while fewer people could
  // see the post is shown to those only. Errors: kNotFound.
  Awaitable<Result<net::Page<PostVersion>>> History(AccountId viewer, PostId id, Deadline deadline);

 private:
  stores::Database& database_;
  Posts& posts_;
  Visibility& visibility_;
  const Clock& clock_;
};

}  // namespace freshet::social
