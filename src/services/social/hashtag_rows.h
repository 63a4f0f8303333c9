// How often each hashtag is used, kept within the transactions that change posts.
#pragma once

#include "services/social/post_json.h"
#include "stores/database/database.h"

namespace freshet::social {

// Adds to the uses of the hashtags of `post`, if everybody may read it. A tag without uses is not
// kept.
Result<> AddToHashtagUses(stores::Transaction& tx, const StoredPost& post, std::int64_t by);

}  // namespace freshet::social
