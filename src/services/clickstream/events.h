// The facts that clickstream publishes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"

namespace freshet::clickstream {

// Keyed by account, so that what one person did stays in order.
inline constexpr std::string_view kUserActionsTopic = "user.actions";

enum class ActionType : std::uint8_t { kPostView, kProfileView };

// Somebody looked at something. It may come twice, with the same event: a hash of the id that the
// client gave it, which is text and has no place in a fact.
struct UserAction {
  std::string event;
  ActionType type = ActionType::kPostView;
  AccountId account_id;
  AccountId author_id;  // of the post; or whose profile it is
  std::optional<PostId> post_id = {};
  std::optional<std::int64_t> dwell_ms = {};  // how long it was looked at
  Timestamp at;

  static constexpr auto Describe() {
    using A = UserAction;
    return Description("UserAction", "Somebody looked at something.", Field("event", &A::event),
                       Field("type", &A::type), Field("account_id", &A::account_id),
                       Field("author_id", &A::author_id), Field("post_id", &A::post_id),
                       Field("dwell_ms", &A::dwell_ms), Field("at", &A::at));
  }
};

}  // namespace freshet::clickstream

template <>
struct freshet::Enumerators<freshet::clickstream::ActionType> {
  using T = freshet::clickstream::ActionType;
  static constexpr std::array kNames{std::pair{T::kPostView, "post.view"},
                                     std::pair{T::kProfileView, "profile.view"}};
};
