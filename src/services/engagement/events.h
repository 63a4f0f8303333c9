// The facts that engagement publishes.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"

namespace freshet::engagement {

using CommentId = Id<struct CommentTag>;

// Keyed by post, so that what happened to one post stays in order.
inline constexpr std::string_view kEngagementTopic = "engagement";

enum class EngagementEventType : std::uint8_t {
  kLikeCreated,
  kLikeRemoved,
  kSaveCreated,
  kSaveRemoved,
  kCommentCreated,
  kCommentUpdated,
  kCommentDeleted,
  kCommentLiked,
  kCommentUnliked,
};

// Somebody did something with a post. It may come twice, and something else may have happened
// since: consumers who keep state ask what is so now. Whether somebody may be told of it is
// decided when they are told.
struct EngagementEvent {
  EngagementEventType type = EngagementEventType::kLikeCreated;
  PostId post_id;
  AccountId author_id;   // of the post
  AccountId account_id;  // who did it
  std::optional<CommentId> comment_id = {};
  std::optional<AccountId> comment_author_id = {};
  std::optional<CommentId> reply_to = {};            // the comment that a new one answers
  std::optional<AccountId> reply_to_author_id = {};  // and who wrote that
  Timestamp at;

  static constexpr auto Describe() {
    using E = EngagementEvent;
    return Description(
        "EngagementEvent", "Somebody did something with a post.", Field("type", &E::type),
        Field("post_id", &E::post_id), Field("author_id", &E::author_id),
        Field("account_id", &E::account_id), Field("comment_id", &E::comment_id),
        Field("comment_author_id", &E::comment_author_id), Field("reply_to", &E::reply_to),
        Field("reply_to_author_id", &E::reply_to_author_id), Field("at", &E::at));
  }
};

}  // namespace freshet::engagement

template <>
struct freshet::Enumerators<freshet::engagement::EngagementEventType> {
  using T = freshet::engagement::EngagementEventType;
  static constexpr std::array kNames{
      std::pair{T::kLikeCreated, "like.created"},
      std::pair{T::kLikeRemoved, "like.removed"},
      std::pair{T::kSaveCreated, "save.created"},
      std::pair{T::kSaveRemoved, "save.removed"},
      std::pair{T::kCommentCreated, "comment.created"},
      std::pair{T::kCommentUpdated, "comment.updated"},
      std::pair{T::kCommentDeleted, "comment.deleted"},
      std::pair{T::kCommentLiked, "comment.liked"},
      std::pair{T::kCommentUnliked, "comment.unliked"},
  };
};
