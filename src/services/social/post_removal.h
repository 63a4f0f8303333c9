// How posts are removed for good, within a transaction.
#pragma once

#include "services/social/post_rows.h"
#include "stores/database/database.h"

namespace freshet::social {

// Removes shares of a post, most of them alive. Returns whether there may be more.
Result<bool> RemoveShares(stores::Transaction& tx, PostId post);

// Removes a post, or a share, with all that is kept with it. Publishes post.purged for a
// post, whose shares must be gone.
Result<> RemovePost(stores::Transaction& tx, const StoredPost& post);

}  // namespace freshet::social
