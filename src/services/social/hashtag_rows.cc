#include "services/social/hashtag_rows.h"

#include "algorithms/text/folding.h"
#include "algorithms/text/hashtags.h"

namespace freshet::social {

Result<> AddToHashtagUses(stores::Transaction& tx, const StoredPost& post, std::int64_t by) {
  if (post.privacy != Privacy::kPublic || post.share_of) return {};
  for (const auto& tag : algorithms::FoldedHashtags(post.text)) {
    const std::string folded = algorithms::FoldForSearch(tag);
    RETURN_IF_ERROR(
        tx.Execute("INSERT INTO hashtags (tag, folded, uses) VALUES ($1, $2, $3) "
                   "ON CONFLICT (tag) DO UPDATE SET folded = $2, uses = hashtags.uses + $3",
                   {tag, folded, by}));
    if (by < 0) {
      RETURN_IF_ERROR(tx.Execute("DELETE FROM hashtags WHERE tag = $1 AND uses <= 0", {tag}));
    }
  }
  return {};
}

}  // namespace freshet::social
