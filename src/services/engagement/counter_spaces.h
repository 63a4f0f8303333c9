// The counters that engagement owns. Numbers are stored: never reuse one.
#pragma once

#include "base/id.h"
#include "services/engagement/types.h"
#include "stores/counters/counters.h"

namespace freshet::engagement {

inline constexpr stores::CounterSpace kPostLikes{.number = 1, .name = "post_likes"};
inline constexpr stores::CounterSpace kPostSaves{.number = 2, .name = "post_saves"};
// The members are comments and shares, not people.
inline constexpr stores::CounterSpace kPostComments{.number = 3, .name = "post_comments"};
inline constexpr stores::CounterSpace kPostShares{.number = 4, .name = "post_shares"};
// Who shared a post.
inline constexpr stores::CounterSpace kPostSharers{.number = 5, .name = "post_sharers"};

inline stores::CounterKey ReactionsTo(PostId post, Reaction reaction) {
  return {.space = reaction == Reaction::kLike ? kPostLikes : kPostSaves, .id = post.value};
}

}  // namespace freshet::engagement
