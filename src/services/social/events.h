// The facts that social publishes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/id.h"
#include "services/social/types.h"

namespace freshet::social {

// Keyed by author, so that one author's posts stay in order.
inline constexpr std::string_view kPostsTopic = "posts";
// Keyed by follower.
inline constexpr std::string_view kFollowsTopic = "follows";

// The posts of authors with many followers, on their way to these; keyed by author.
inline constexpr std::string_view kLargeFanoutTopic = "posts.large";

enum class PostEventType { kCreated, kUpdated, kDeleted, kRestored, kPurged, kShared, kUnshared };

// Says that something happened. What is so now, social says (SocialReads): events may come again,
// late, and after others that made them obsolete.
struct PostEvent {
  PostEventType type = PostEventType::kCreated;
  PostId post_id;       // of a share its own
  AccountId author_id;  // of a share who shares
  Privacy privacy = Privacy::kPublic;
  std::optional<Privacy> earlier_privacy;  // when it was updated
  std::optional<PostId> share_of;
  std::optional<PostId> quote_of;
  std::optional<AccountId> about_author;  // who wrote what is shared or quoted
  // Whom the text mentions and did not mention before.
  std::vector<AccountId> mentions;
  bool imported = false;  // an old post that was brought in: nobody is told live

  static constexpr auto Describe() {
    return Description(
        "PostEvent", "A post appeared, changed or went away.", Field("type", &PostEvent::type),
        Field("post_id", &PostEvent::post_id), Field("author_id", &PostEvent::author_id),
        Field("privacy", &PostEvent::privacy),
        Field("earlier_privacy", &PostEvent::earlier_privacy),
        Field("share_of", &PostEvent::share_of), Field("quote_of", &PostEvent::quote_of),
        Field("about_author", &PostEvent::about_author),
        Field("mentions", &PostEvent::mentions).Defaulted(),
        Field("imported", &PostEvent::imported).Defaulted());
  }
};

enum class FollowEventType {
  kFollowChanged,
  kRequested,
  kRequestEnded,  // withdrawn, refused, ended by a block, or accepted: then a follow comes too
  kBlockChanged,
  kMuteChanged,
  kMutedWordsChanged,  // of the follower, who stands as the followee too
};

// Something between two people changed. It may come again, and late: what is so now, social says.
struct FollowChanged {
  FollowEventType type = FollowEventType::kFollowChanged;
  AccountId follower_id;  // who follows, asks, blocks or mutes
  AccountId followee_id;  // and whom
  bool following = false;
  bool accepted = false;  // the follow was asked for
  bool present = false;   // of a block, a mute
  bool imported = false;  // stands for all of the follower's follows in a batch that was brought in

  static constexpr auto Describe() {
    return Description("FollowChanged", "Something between two people changed.",
                       Field("type", &FollowChanged::type),
                       Field("follower_id", &FollowChanged::follower_id),
                       Field("followee_id", &FollowChanged::followee_id),
                       Field("following", &FollowChanged::following),
                       Field("accepted", &FollowChanged::accepted).Defaulted(),
                       Field("present", &FollowChanged::present).Defaulted(),
                       Field("imported", &FollowChanged::imported).Defaulted());
  }
};

}  // namespace freshet::social

template <>
struct freshet::Enumerators<freshet::social::PostEventType> {
  using T = freshet::social::PostEventType;
  static constexpr std::array kNames{
      std::pair{T::kCreated, "post.created"},  std::pair{T::kUpdated, "post.updated"},
      std::pair{T::kDeleted, "post.deleted"},  std::pair{T::kRestored, "post.restored"},
      std::pair{T::kPurged, "post.purged"},    std::pair{T::kShared, "post.shared"},
      std::pair{T::kUnshared, "post.unshared"}};
};

template <>
struct freshet::Enumerators<freshet::social::FollowEventType> {
  using T = freshet::social::FollowEventType;
  static constexpr std::array kNames{std::pair{T::kFollowChanged, "follow.changed"},
                                     std::pair{T::kRequested, "follow.requested"},
                                     std::pair{T::kRequestEnded, "follow.request_ended"},
                                     std::pair{T::kBlockChanged, "block.changed"},
                                     std::pair{T::kMuteChanged, "mute.changed"},
                                     std::pair{T::kMutedWordsChanged, "muted_words.changed"}};
};
