// Scores the posts of a home.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "algorithms/ranking/feature_row.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "services/social/api.h"
#include "stores/scorer/scorer.h"

namespace freshet::home {

struct RankingOptions {
  std::int64_t candidates = 200;
  Duration timeout{100};

  static constexpr auto Describe() {
    return Description(
        "ranking", "The ranked home.",
        Field("candidates", &RankingOptions::candidates)
            .Range(10, 240)
            .Unit("posts")
            .Doc("The newest of them are put in order, then as many older ones, and so on: greater "
                 "finds better posts and takes longer."),
        Field("timeout", &RankingOptions::timeout)
            .Range(1, 10'000)
            .Unit("ms")
            .Doc("A page whose scores take longer is served by time."));
  }
};

struct Score {
  static constexpr std::size_t kMostReasons = 3;

  float value = 0;
  std::array<std::string_view, kMostReasons> reasons{};
  std::size_t reason_count = 0;

  // What moved the post up against the others of its batch, the strongest first.
  std::span<const std::string_view> why() const { return std::span(reasons).first(reason_count); }
};

// Thread-safe.
class Ranker {
 public:
  Ranker(RankingOptions options, social::SocialReads& social, stores::Scorer& scorer,
         const Clock& clock)
      : options_(options), social_(social), scorer_(scorer), clock_(clock) {}

  // One for each of `posts`, for `reader` at this moment. Errors: kUnavailable, kDeadline.
  Awaitable<Result<std::vector<Score>>> Rank(AccountId reader,
                                             std::span<const social::ShownPost> posts,
                                             Deadline deadline);

 private:
  const RankingOptions options_;
  social::SocialReads& social_;
  stores::Scorer& scorer_;
  const Clock& clock_;
};

}  // namespace freshet::home
