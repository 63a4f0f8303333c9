// Who follows whom.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "base/mutex.h"
#include "services/accounts/api.h"
#include "services/social/events.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

// The accounts that one person follows: sorted, immutable, shared with the cache.
class FolloweeSet {
 public:
  FolloweeSet() = default;
  explicit FolloweeSet(stores::CacheValue packed) : packed_(std::move(packed)) {}

  std::span<const AccountId> ids() const;
  bool Contains(AccountId id) const;

 private:
  stores::CacheValue packed_;  // the ids, 8 bytes each
};

// The authors whose posts are merged when read instead of pushed when written. Once a celebrity, an
// author stays one, so that the posts which were never pushed go on being merged. Thread-safe; held
// in memory, since there are few.
class Celebrities {
 public:
  // Sorted.
  std::shared_ptr<const std::vector<AccountId>> All() const;
  void Add(AccountId author);
  void Replace(std::vector<AccountId> authors);

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const std::vector<AccountId>> sorted_ GUARDED_BY(mutex_) =
      std::make_shared<std::vector<AccountId>>();
};

struct GraphOptions {
  std::int64_t max_following = 10'000;

  static constexpr auto Describe() {
    return Description("graph", "The follow graph.",
                       Field("max_following", &GraphOptions::max_following)
                           .Range(1, 1'000'000)
                           .Unit("accounts")
                           .Doc("How many accounts one person may follow."));
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

// Publishes a change in the transaction that makes it.
Result<> AddFollowEvent(stores::Transaction& tx, const FollowChanged& event);

// Thread-safe.
class Graph final : public accounts::AccountStandings {
 public:
  Graph(GraphOptions options, accounts::Profiles& profiles, stores::Database& database,
        stores::Cache& cache, stores::Timelines& timelines, const Clock& clock);

  // Reads the celebrities. Call once, before anything else.
  Awaitable<Result<>> Start(Deadline deadline);

  // Idempotent. The follower's timeline is made anew on its next reading, with or without the
  // other's posts. Errors: kInvalid (oneself; code "following_limit"), kNotFound (no such account).
  Awaitable<Result<accounts::Relationship>> Follow(AccountId follower, AccountId followee,
                                                   Deadline deadline);
  Awaitable<Result<accounts::Relationship>> Unfollow(AccountId follower, AccountId followee,
                                                     Deadline deadline);

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

  Awaitable<Result<std::vector<std::int64_t>>> FollowerCounts(std::vector<AccountId> authors,
                                                              Deadline deadline);
  // Durable before it returns.
  Awaitable<Result<>> MakeCelebrity(AccountId author, Deadline deadline);
  const Celebrities& celebrities() const { return celebrities_; }

  // What must be forgotten after somebody's follows changed. Idempotent.
  Awaitable<Result<>> ForgetFollowees(std::span<const AccountId> followers, Deadline deadline);

  Awaitable<Result<>> Complete(AccountId viewer, std::span<accounts::Account> accounts,
                               Deadline deadline) override;

 private:
  Awaitable<Result<accounts::Relationship>> Change(AccountId follower, AccountId followee,
                                                   bool follow, Deadline deadline);
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadFollowees(
      std::vector<std::uint64_t> people, Deadline deadline);

  const GraphOptions options_;
  accounts::Profiles& profiles_;
  stores::Database& database_;
  stores::Timelines& timelines_;
  const Clock& clock_;
  Celebrities celebrities_;
  stores::SingleFlight followees_;
};

}  // namespace freshet::social
