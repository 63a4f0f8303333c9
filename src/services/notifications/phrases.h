// Notifications in words, for where no program of ours shows them: pushes and mails.
#pragma once

#include <string>

#include "services/notifications/types.h"

namespace freshet::notifications {

// Who did what: "Ana and 12 others liked your post". One line.
std::string Headline(const Notification& notification);

// The beginning of the post that it is about, on one line of at most `code_points` and an ellipsis;
// empty when there is none.
std::string Excerpt(const Notification& notification, std::size_t code_points);

}  // namespace freshet::notifications
