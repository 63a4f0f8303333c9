// The options of engagement.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/describe.h"

namespace freshet::engagement {

struct EngagementOptions {
  Duration counters_patience{1'000};
  Duration counts_interval{300'000};
  Duration reconcile_interval{60'000};
  std::int64_t reconcile_posts = 200;
  Duration reconcile_patience{30'000};
  std::int64_t likers = 10'000;

  static constexpr auto Describe() {
    using O = EngagementOptions;
    return Description(
        "engagement", "Likes, comments, shares, saves and their counts.",
        Field("counters_patience", &O::counters_patience)
            .Range(1, 60'000)
            .Unit("ms")
            .Doc("How long a page waits for the counters before it shows the database's counts."),
        Field("counts_interval", &O::counts_interval)
            .Range(10, 8.64e7)
            .Unit("ms")
            .Doc("Between two writings of the counts that changed into the database."),
        Field("reconcile_interval", &O::reconcile_interval)
            .Range(10, 8.64e7)
            .Unit("ms")
            .Doc("Between two slices of the comparison of counts with what they count."),
        Field("reconcile_posts", &O::reconcile_posts)
            .Range(1, 10'000)
            .Unit("posts")
            .Doc("That one slice compares."),
        Field("reconcile_patience", &O::reconcile_patience)
            .Range(1, 3.6e6)
            .Unit("ms")
            .Doc("A difference that lasts longer is drift: it is counted and mended."),
        Field("likers", &O::likers)
            .Range(1, 1e7)
            .Unit("accounts")
            .Doc("How many of those who like a post can be paged through; its count is exact "
                 "whatever it is."));
  }
};

}  // namespace freshet::engagement
