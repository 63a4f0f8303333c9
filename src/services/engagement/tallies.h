// What stands under each post: its counts, and what its reader did.
#pragma once

#include <span>
#include <vector>

#include "base/async.h"
#include "services/social/api.h"
#include "stores/counters/counters.h"

namespace freshet::engagement {

// Thread-safe.
class Tallies final : public social::PostEngagement {
 public:
  explicit Tallies(stores::Counters& counters) : counters_(counters) {}

  Awaitable<Result<std::vector<social::PostTallies>>> Tally(AccountId viewer,
                                                            std::span<const std::uint64_t> posts,
                                                            Deadline deadline) override;

 private:
  stores::Counters& counters_;
};

}  // namespace freshet::engagement
