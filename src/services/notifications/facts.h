// What the facts of the event log mean for inboxes. A new fact becomes one more case in facts.cc.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "services/notifications/inbox.h"

namespace freshet::notifications {

// What the actor did is no longer in the reader's inbox.
struct Separation {
  AccountId reader;
  AccountId actor;
};

// A comment that was deleted.
struct WithdrawnText {
  std::uint64_t comment = 0;
  AccountId author;
};

// What some facts of one partition ask for, each list in their order.
struct Consequences {
  std::vector<Reason> reasons;
  std::vector<Separation> separations;         // after the reasons
  std::vector<WithdrawnText> withdrawn_texts;  // after the reasons
  std::vector<PostId> changed_posts;           // who may see them may have changed
  std::vector<PostId> edited_posts;            // of these, whose text may mention fewer people
  std::vector<PostId> purged_posts;
  std::vector<PostId> counted_posts;  // whose counts may have changed
};

// Adds what one fact asks for; facts that concern nobody's inbox ask for nothing.
// Errors: kInvalid (no fact of this topic).
Result<> Collect(const std::string& topic, std::string_view fact, Consequences& all);

}  // namespace freshet::notifications
