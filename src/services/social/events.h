// The facts that social publishes.
#pragma once

#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/id.h"
#include "services/social/types.h"

namespace freshet::social {

// Keyed by author, so that one author's posts stay in order.
inline constexpr std::string_view kPostsTopic = "posts";
// Keyed by follower.
inline constexpr std::string_view kFollowsTopic = "follows";

enum class PostEventType { kCreated, kDeleted };

struct PostEvent {
  PostEventType type = PostEventType::kCreated;
  PostId post_id;
  AccountId author_id;
  Privacy privacy = Privacy::kPublic;
  bool imported = false;  // an old post that was brought in: nobody is told live

  static constexpr auto Describe() {
    return Description(
        "PostEvent", "A post appeared or went away.", Field("type", &PostEvent::type),
        Field("post_id", &PostEvent::post_id), Field("author_id", &PostEvent::author_id),
        Field("privacy", &PostEvent::privacy), Field("imported", &PostEvent::imported).Defaulted());
  }
};

struct FollowChanged {
  std::string type = "follow.changed";
  AccountId follower_id;
  AccountId followee_id;
  bool following = false;
  bool imported = false;  // stands for all of the follower's follows in a batch that was brought in

  static constexpr auto Describe() {
    return Description("FollowChanged", "Somebody follows somebody, or does no longer.",
                       Field("type", &FollowChanged::type),
                       Field("follower_id", &FollowChanged::follower_id),
                       Field("followee_id", &FollowChanged::followee_id),
                       Field("following", &FollowChanged::following),
                       Field("imported", &FollowChanged::imported).Defaulted());
  }
};

}  // namespace freshet::social

template <>
struct freshet::Enumerators<freshet::social::PostEventType> {
  using T = freshet::social::PostEventType;
  static constexpr std::array kNames{std::pair{T::kCreated, "post.created"},
                                     std::pair{T::kDeleted, "post.deleted"}};
};
