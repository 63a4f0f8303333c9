// Who follows whom.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "services/accounts/api.h"
#include "services/social/celebrities.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

// The accounts that one person follows and how close they are: sorted, immutable, shared with the
// cache.
class FolloweeSet {
 public:
  FolloweeSet() = default;
  explicit FolloweeSet(stores::CacheValue packed) : packed_(std::move(packed)) {}

  std::span<const AccountId> ids() const;
  bool Contains(AccountId id) const;
  // In the order of ids(): the interaction scores as they were at scored_at(). All fade alike
  // (affinity.h), so at any time their order and their proportions are the same.
  std::span<const float> scores() const;
  Timestamp scored_at() const;
  // In the order of ids(): whether they follow back. Up to an hour old, for ranking only.
  std::span<const bool> follow_back() const;

 private:
  stores::CacheValue packed_;  // the time, the ids, the scores, who follows back
};

struct GraphOptions {
  std::int64_t max_following = 10'000;
  Duration interaction_half_life{30LL * 24 * 3'600'000};

  static constexpr auto Describe() {
    return Description("graph", "The follow graph.",
                       Field("max_following", &GraphOptions::max_following)
                           .Range(1, 1'000'000)
                           .Unit("accounts")
                           .Doc("How many accounts one person may follow."),
                       Field("interaction_half_life", &GraphOptions::interaction_half_life)
                           .Range(60'000, 3.1536e11)
                           .Unit("ms")
                           .Doc("After this time an interaction counts half."));
  }
};

// One page of a list of people, newest follow first.
struct FollowPage {
  struct Entry {
    AccountId account;
    Timestamp since;
  };
  std::vector<Entry> entries;
};

// Thread-safe.
class Graph final : public accounts::AccountStandings {
 public:
  Graph(GraphOptions options, stores::Database& database, stores::Cache& cache,
        stores::Timelines& timelines, const Clock& clock);

  // Reads the celebrities. Call once, before anything else.
  Awaitable<Result<>> Start(Deadline deadline);

  Awaitable<Result<FolloweeSet>> Followees(AccountId person, Deadline deadline);
  Awaitable<Result<std::vector<FolloweeSet>>> Followees(std::span<const std::uint64_t> people,
                                                        Deadline deadline);

  // The followers after `after`, oldest follow first, at most `limit`: streamed this way to the
  // fan-out.
  Awaitable<Result<std::vector<FollowPage::Entry>>> FollowersAfter(AccountId author,
                                                                   FollowPage::Entry after,
                                                                   std::size_t limit,
                                                                   Deadline deadline);
  // Newest first, for people; `before` with account 0: from the start.
  Awaitable<Result<FollowPage>> Followers(AccountId account, FollowPage::Entry before,
                                          std::size_t limit, Deadline deadline);
  Awaitable<Result<FollowPage>> Following(AccountId account, FollowPage::Entry before,
                                          std::size_t limit, Deadline deadline);

  // Who asked to follow `account`, newest first; `before` as above.
  Awaitable<Result<FollowPage>> Requests(AccountId account, FollowPage::Entry before,
                                         std::size_t limit, Deadline deadline);

  Awaitable<Result<std::vector<std::int64_t>>> FollowerCounts(std::vector<AccountId> authors,
                                                              Deadline deadline);
  const Celebrities& celebrities() const { return celebrities_; }
  Celebrities& celebrities() { return celebrities_; }

  // What must be forgotten after somebody's follows changed. Idempotent.
  Awaitable<Result<>> ForgetFollowees(std::span<const AccountId> followers, Deadline deadline);
  // What must be forgotten after only the scores of somebody's follows changed.
  Awaitable<Result<>> ForgetScores(std::span<const AccountId> followers, Deadline deadline);

  Awaitable<Result<>> Complete(AccountId viewer, std::span<accounts::Account> accounts,
                               Deadline deadline) override;

 private:
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadFollowees(
      std::vector<std::uint64_t> people, Deadline deadline);

  const GraphOptions options_;
  stores::Database& database_;
  stores::Timelines& timelines_;
  const Clock& clock_;
  Celebrities celebrities_;
  stores::SingleFlight followees_;
};

}  // namespace freshet::social
