// Tells those who look at a post that something under it has changed.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>
#include <unordered_set>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/mutex.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::notifications {

// A post that is touched often is told of a few times a second at most; what it says then, its
// readers ask for themselves. Thread-safe.
class LiveCounts {
 public:
  LiveCounts(stores::PubSub& pubsub, const Clock& clock) : pubsub_(pubsub), clock_(clock) {}

  void Touch(PostId post);

  // Tells until `stop`.
  Awaitable<> Run(std::stop_token stop);

 private:
  stores::PubSub& pubsub_;
  const Clock& clock_;
  Mutex mutex_;
  std::unordered_set<PostId> touched_ GUARDED_BY(mutex_);
};

// The message on a post's channel, and the post that such a message is about.
stores::Message TouchedMessage(PostId post);
std::optional<PostId> ReadTouched(std::string_view message);

}  // namespace freshet::notifications
