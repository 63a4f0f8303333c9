// The consumers of social's topics.
#pragma once

#include "services/social/affinity.h"
#include "services/social/fanout.h"
#include "services/social/relationships.h"
#include "stores/log/log_worker.h"

namespace freshet::social {

// Role "fanout": kPostsTopic to timelines.
stores::LogSubscription FanoutSubscription();
stores::LogHandler FanoutHandler(Fanout& fanout);

// Role "fanout": the posts of authors with many followers, which the first hands over.
stores::LogSubscription LargeFanoutSubscription();
stores::LogHandler LargeFanoutHandler(Fanout& fanout);

// Role "fanout": kFollowsTopic, as Relationships::Apply says.
stores::LogSubscription FollowSubscription();
stores::LogHandler FollowHandler(Relationships& relationships, const Clock& clock);

// Role "fanout": accounts::kAccountsTopic. When an account becomes public, everybody who asked
// follows it.
stores::LogSubscription AccountSubscription();
stores::LogHandler AccountHandler(Relationships& relationships, const Clock& clock);

// Role "features": what people did with posts, to the interaction scores of their follows.
stores::LogSubscription AffinitySubscription();
stores::LogHandler AffinityHandler(Affinity& affinity, const Clock& clock);

}  // namespace freshet::social
