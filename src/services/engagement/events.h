// The facts that engagement publishes.
#pragma once

#include <array>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"

namespace freshet::engagement {

// Keyed by post, so that what happened to one post stays in order.
inline constexpr std::string_view kEngagementTopic = "engagement";

enum class Reaction { kLike, kSave };

// Somebody liked or saved a post, or does no longer. It is appended before the membership changes
// and may come twice, or about a change that failed: consumers ask Counters what is so now.
struct ReactionChanged {
  Reaction reaction = Reaction::kLike;
  PostId post_id;
  AccountId author_id;
  AccountId account_id;
  bool present = true;
  Timestamp at;

  static constexpr auto Describe() {
    return Description(
        "ReactionChanged", "Somebody reacted to a post, or took it back.",
        Field("reaction", &ReactionChanged::reaction), Field("post_id", &ReactionChanged::post_id),
        Field("author_id", &ReactionChanged::author_id),
        Field("account_id", &ReactionChanged::account_id),
        Field("present", &ReactionChanged::present), Field("at", &ReactionChanged::at));
  }
};

}  // namespace freshet::engagement

template <>
struct freshet::Enumerators<freshet::engagement::Reaction> {
  using R = freshet::engagement::Reaction;
  static constexpr std::array kNames{std::pair{R::kLike, "like"}, std::pair{R::kSave, "save"}};
};
