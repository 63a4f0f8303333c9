// The lists of social as people page through them.
#pragma once

#include <string>

#include "base/async.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "services/accounts/api.h"
#include "services/social/graph.h"
#include "services/social/posts.h"

namespace freshet::social {

// Thread-safe.
class SocialService {
 public:
  SocialService(Graph& graph, Posts& posts, accounts::Profiles& profiles,
                const net::CursorCodec& cursors);

  Graph& graph() { return graph_; }
  Posts& posts() { return posts_; }

  // Newest follow first. Errors: kNotFound, kInvalid (the cursor).
  Awaitable<Result<net::Page<accounts::Account>>> Followers(AccountId viewer, AccountId account,
                                                            net::PageQuery query,
                                                            Deadline deadline);
  Awaitable<Result<net::Page<accounts::Account>>> Following(AccountId viewer, AccountId account,
                                                            net::PageQuery query,
                                                            Deadline deadline);
  // Newest first; those that `viewer` may see. Errors: kNotFound, kInvalid (the cursor).
  Awaitable<Result<net::Rendered<net::Page<Post>>>> PostsOf(AccountId viewer, AccountId account,
                                                            net::PageQuery query,
                                                            Deadline deadline);
  // Those of `ids` ("1,2,3", at most 100) that exist and that `viewer` may see, in that order.
  // Errors: kInvalid.
  Awaitable<Result<net::Rendered<net::Page<Post>>>> PostsByIds(AccountId viewer, std::string ids,
                                                               Deadline deadline);

 private:
  using ReadFollows = Awaitable<Result<FollowPage>> (Graph::*)(AccountId, FollowPage::Entry,
                                                               std::size_t, Deadline);
  Awaitable<Result<net::Page<accounts::Account>>> People(ReadFollows read,
                                                         std::string_view cursor_kind,
                                                         AccountId viewer, AccountId account,
                                                         net::PageQuery query, Deadline deadline);

  Graph& graph_;
  Posts& posts_;
  accounts::Profiles& profiles_;
  const net::CursorCodec& cursors_;
};

}  // namespace freshet::social
