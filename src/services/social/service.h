// The lists of social as people page through them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "services/accounts/api.h"
#include "services/social/deleted_posts.h"
#include "services/social/hashtag_search.h"
#include "services/social/post_edits.h"
#include "services/social/post_history_types.h"
#include "services/social/posts.h"
#include "services/social/shares.h"
#include "services/social/visibility.h"

namespace freshet::social {

// What the service stands on.
struct SocialParts {
  Posts& posts;
  Shares& shares;
  PostEdits& post_edits;
  DeletedPosts& deleted_posts;
  HashtagSearch& hashtag_search;
  Visibility& visibility;
  accounts::Profiles& profiles;
  const net::CursorCodec& cursors;
};

// Thread-safe.
class SocialService {
 public:
  explicit SocialService(SocialParts parts);

  Posts& posts() { return posts_; }
  Shares& shares() { return shares_; }
  PostEdits& post_edits() { return post_edits_; }
  DeletedPosts& deleted_posts() { return deleted_posts_; }
  HashtagSearch& hashtag_search() { return hashtag_search_; }

  // Newest first, shares among them; those that `viewer` may see. Errors: kNotFound, kInvalid (the
  // cursor).
  Awaitable<Result<net::Rendered<net::Page<Post>>>> PostsOf(AccountId viewer, AccountId account,
                                                            net::PageQuery query,
                                                            Deadline deadline);
  // The posts with a hashtag, however it is spelt, and those that mention `viewer`: newest first,
  // those that `viewer` may see. Errors: kInvalid (the cursor, the tag).
  Awaitable<Result<net::Rendered<net::Page<Post>>>> PostsTagged(AccountId viewer, std::string tag,
                                                                net::PageQuery query,
                                                                Deadline deadline);
  Awaitable<Result<net::Rendered<net::Page<Post>>>> Mentions(AccountId viewer, net::PageQuery query,
                                                             Deadline deadline);
  // The posts that `author` can have back, last deleted first. Errors: kInvalid (the cursor).
  Awaitable<Result<net::Rendered<net::Page<DeletedPost>>>> Deleted(AccountId author,
                                                                   net::PageQuery query,
                                                                   Deadline deadline);
  // Those of `ids` ("1,2,3", at most 100) that exist and that `viewer` may see, in that order.
  // Errors: kInvalid.
  Awaitable<Result<net::Rendered<net::Page<Post>>>> PostsByIds(AccountId viewer, std::string ids,
                                                               Deadline deadline);

 private:
  // A list of posts as it is paged through.
  struct PostList {
    std::string cursor_kind;
    AccountId viewer;
    AccountId owner;  // whose shares may stand in it; none: no shares
    // The newest entries older than `before`, at most `limit`.
    std::function<Awaitable<Result<std::vector<PostId>>>(PostId before, std::size_t limit)> read;
  };
  Awaitable<Result<net::Rendered<net::Page<Post>>>> PageOf(PostList list, net::PageQuery query,
                                                           Deadline deadline);
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> ShowPart(
      const PostList& list, std::span<const std::uint64_t> ids, PostId began, Deadline deadline);

  Posts& posts_;
  Shares& shares_;
  PostEdits& post_edits_;
  DeletedPosts& deleted_posts_;
  HashtagSearch& hashtag_search_;
  Visibility& visibility_;
  accounts::Profiles& profiles_;
  const net::CursorCodec& cursors_;
};

}  // namespace freshet::social
