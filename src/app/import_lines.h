// The lines of files that are brought in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "services/social/types.h"

namespace freshet::app {

struct GraphLine {
  std::string follower;  // user names
  std::string followee;

  bool operator==(const GraphLine&) const = default;
};

// "follower followee" with spaces, tabs or a comma between; nullopt for empty lines and comments (#
// or %). A label of digits only becomes a user name by a "u" before it; capital letters become
// small. Errors: kInvalid, for people: what is wrong with the line.
Result<std::optional<GraphLine>> ParseGraphLine(std::string_view line);

struct PostLine {
  std::string author;  // user name
  std::string text;
  std::optional<Timestamp> created_at;
  social::Privacy privacy = social::Privacy::kPublic;
};

// {"author": ..., "text": ..., "created_at"?, "privacy"?}; nullopt for empty lines. `now` bounds
// created_at from above. Errors: kInvalid.
Result<std::optional<PostLine>> ParsePostLine(std::string_view line, Timestamp now);

}  // namespace freshet::app
