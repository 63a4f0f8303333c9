// The consumers of the topics that home follows.
#pragma once

#include "base/clock.h"
#include "services/home/seen_posts.h"
#include "stores/log/log_worker.h"

namespace freshet::home {

// Role "features": posts that were in sight are seen.
stores::LogSubscription SeenSubscription();
stores::LogHandler SeenHandler(SeenPosts& seen, const Clock& clock);

}  // namespace freshet::home
