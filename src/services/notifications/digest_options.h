// What an operator may choose about digests.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/describe.h"

namespace freshet::notifications {

struct DigestOptions {
  Duration daily{86'400'000};
  Duration weekly{7 * 86'400'000LL};
  std::int32_t notifications = 30;
  std::int32_t attempts = 6;
  Duration first_retry{60'000};
  Duration longest_retry{3'600'000};
  Duration poll_interval{5'000};

  static constexpr auto Describe() {
    using O = DigestOptions;
    return Description("digests", "Mails about what nobody read. They need the section mail.",
                       Field("daily", &O::daily)
                           .Range(1'000, 8.64e8)
                           .Unit("ms")
                           .Doc("The period of daily digests."),
                       Field("weekly", &O::weekly)
                           .Range(1'000, 6.1e9)
                           .Unit("ms")
                           .Doc("The period of weekly digests."),
                       Field("notifications", &O::notifications)
                           .Range(1, 100)
                           .Doc("In one digest, the newest; it says how many more there are."),
                       Field("attempts", &O::attempts)
                           .Range(1, 100)
                           .Doc("Failures after which a digest waits for its next period."),
                       Field("first_retry", &O::first_retry)
                           .Range(10, 3.6e6)
                           .Unit("ms")
                           .Doc("Pause after the first failure; doubles with each further one."),
                       Field("longest_retry", &O::longest_retry)
                           .Range(10, 8.64e7)
                           .Unit("ms")
                           .Doc("No pause is longer."),
                       Field("poll_interval", &O::poll_interval)
                           .Range(10, 3.6e6)
                           .Unit("ms")
                           .Doc("How often it is looked whether a mail is due."));
  }
};

}  // namespace freshet::notifications
