// The consumers of social's topics.
#pragma once

#include "services/social/fanout.h"
#include "services/social/graph.h"
#include "stores/log/log_worker.h"

namespace freshet::social {

// Role "fanout": kPostsTopic to timelines.
stores::LogSubscription FanoutSubscription();
stores::LogHandler FanoutHandler(Fanout& fanout);

// Role "fanout": kFollowsTopic to the caches that a change of follows makes stale, should the
// request that made the change have died before it could do so itself.
stores::LogSubscription FollowSubscription();
stores::LogHandler FollowHandler(Graph& graph, const Clock& clock);

}  // namespace freshet::social
