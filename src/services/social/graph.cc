#include "services/social/graph.h"

#include <algorithm>
#include <cstring>

#include "services/social/affinity.h"
#include "services/social/graph_rows.h"

namespace freshet::social {
namespace {

constexpr stores::CacheSpace kFollowees{.number = 2, .name = "followees"};

// In front of the ids, the scores and who follows back.
constexpr std::size_t kHead = sizeof(std::int64_t);
constexpr std::size_t kEach = sizeof(AccountId) + sizeof(float) + sizeof(bool);

template <class T>
void AppendRaw(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::size_t SizeOf(const stores::CacheValue& packed) {
  return packed && packed->size() > kHead ? (packed->size() - kHead) / kEach : 0;
}

}  // namespace

std::span<const AccountId> FolloweeSet::ids() const {
  const std::size_t size = SizeOf(packed_);
  if (size == 0) return {};
  return {reinterpret_cast<const AccountId*>(packed_->data() + kHead), size};
}

std::span<const float> FolloweeSet::scores() const {
  const std::size_t size = SizeOf(packed_);
  if (size == 0) return {};
  const char* const from = packed_->data() + kHead + size * sizeof(AccountId);
  return {reinterpret_cast<const float*>(from), size};
}

std::span<const bool> FolloweeSet::follow_back() const {
  const std::size_t size = SizeOf(packed_);
  if (size == 0) return {};
  const char* const from = packed_->data() + kHead + size * (sizeof(AccountId) + sizeof(float));
  return {reinterpret_cast<const bool*>(from), size};
}

Timestamp FolloweeSet::scored_at() const {
  std::int64_t at = 0;
  if (packed_ && packed_->size() >= kHead) std::memcpy(&at, packed_->data(), sizeof at);
  return Timestamp(Duration(at));
}

bool FolloweeSet::Contains(AccountId id) const { return std::ranges::binary_search(ids(), id); }

Graph::Graph(GraphOptions options, stores::Database& database, stores::Cache& cache,
             stores::Timelines& timelines, const Clock& clock)
    : options_(options),
      database_(database),
      timelines_(timelines),
      clock_(clock),
      celebrities_(database, timelines, clock),
      followees_(
          cache, kFollowees, {},
          [this](std::vector<std::uint64_t> people, Deadline deadline) {
            return LoadFollowees(std::move(people), deadline);
          },
          clock) {}

Awaitable<Result<>> Graph::Start(Deadline deadline) { return celebrities_.Start(deadline); }

Awaitable<Result<>> Graph::ForgetFollowees(std::span<const AccountId> followers,
                                           Deadline deadline) {
  std::vector<std::uint64_t> ids;
  std::vector<stores::TimelineKey> homes;
  ids.reserve(followers.size());
  homes.reserve(followers.size());
  for (const auto follower : followers) {
    ids.push_back(follower.value);
    homes.push_back({.kind = stores::TimelineKind::kHome, .owner = follower});
  }
  CO_RETURN_IF_ERROR(co_await followees_.Remove(ids, deadline));
  co_return co_await timelines_.Drop(homes, deadline);
}

Awaitable<Result<>> Graph::ForgetScores(std::span<const AccountId> followers, Deadline deadline) {
  std::vector<std::uint64_t> ids;
  ids.reserve(followers.size());
  for (const auto follower : followers) ids.push_back(follower.value);
  co_return co_await followees_.Remove(ids, deadline);
}

Awaitable<Result<FolloweeSet>> Graph::Followees(AccountId person, Deadline deadline) {
  const std::uint64_t id = person.value;
  CO_ASSIGN_OR_RETURN(auto sets, co_await Followees(std::span(&id, 1), deadline));
  co_return std::move(sets.front());
}

Awaitable<Result<std::vector<FolloweeSet>>> Graph::Followees(std::span<const std::uint64_t> people,
                                                             Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto values, co_await followees_.Get(people, deadline));
  std::vector<FolloweeSet> sets;
  sets.reserve(values.size());
  for (auto& value : values) sets.emplace_back(std::move(value));
  co_return sets;
}

Awaitable<Result<std::vector<stores::CacheValue>>> Graph::LoadFollowees(
    std::vector<std::uint64_t> people, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<stores::CacheValue>> {
        std::vector<stores::CacheValue> values;
        values.reserve(people.size());
        const Timestamp now = clock_.Now();
        std::vector<float> scores;
        std::string follow_back;
        for (const auto person : people) {
          std::string packed;
          scores.clear();
          follow_back.clear();
          AppendRaw(std::int64_t{now.time_since_epoch().count()}, packed);
          RETURN_IF_ERROR(
              tx.Query("SELECT followee_id, interaction_score, scored_at, "
                       "CASE WHEN EXISTS (SELECT 1 FROM follows AS back "
                       "WHERE back.follower_id = follows.followee_id "
                       "AND back.followee_id = follows.follower_id) THEN 1 ELSE 0 END "
                       "FROM follows WHERE follower_id = $1 ORDER BY followee_id",
                       {person}, [&](const stores::Row& row) {
                         AppendRaw(row.AsId<AccountId>(0), packed);
                         scores.push_back(static_cast<float>(FadedScore(
                             row.Real(1), now - row.Time(2), options_.interaction_half_life)));
                         AppendRaw(row.Int(3) != 0, follow_back);
                       }));
          for (const float score : scores) AppendRaw(score, packed);
          packed += follow_back;
          values.push_back(std::make_shared<const std::string>(std::move(packed)));
        }
        return values;
      },
      deadline);
}

Awaitable<Result<std::vector<FollowPage::Entry>>> Graph::FollowersAfter(AccountId author,
                                                                        FollowPage::Entry after,
                                                                        std::size_t limit,
                                                                        Deadline deadline) {
  std::vector<FollowPage::Entry> entries;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) {
        entries.clear();
        entries.reserve(limit);
        return tx.Query(
            "SELECT follower_id, created_at FROM follows WHERE followee_id = $1 "
            "AND (created_at, follower_id) > ($2, $3) ORDER BY created_at, follower_id LIMIT $4",
            {author, after.since, after.account, limit}, [&](const stores::Row& row) {
              entries.push_back({.account = row.AsId<AccountId>(0), .since = row.Time(1)});
            });
      },
      deadline));
  co_return entries;
}

namespace {

FollowPage::Entry FromTheStart(FollowPage::Entry before) {
  if (before.account) return before;
  return {.account = AccountId{kMaxIdValue},
          .since = Timestamp(Duration(std::numeric_limits<std::int64_t>::max()))};
}

Awaitable<Result<FollowPage>> ReadFollowPage(stores::Database& database, std::string_view sql,
                                             AccountId account, FollowPage::Entry before,
                                             std::size_t limit, Deadline deadline) {
  before = FromTheStart(before);
  co_return co_await stores::ReadReturning(
      database,
      [&](stores::Transaction& tx) -> Result<FollowPage> {
        FollowPage page;
        RETURN_IF_ERROR(tx.Query(
            sql, {account, before.since, before.account, limit}, [&](const stores::Row& row) {
              page.entries.push_back({.account = row.AsId<AccountId>(0), .since = row.Time(1)});
            }));
        return page;
      },
      deadline);
}

}  // namespace

Awaitable<Result<FollowPage>> Graph::Followers(AccountId account, FollowPage::Entry before,
                                               std::size_t limit, Deadline deadline) {
  return ReadFollowPage(database_,
                        "SELECT follower_id, created_at FROM follows WHERE followee_id = $1 "
                        "AND (created_at, follower_id) < ($2, $3) ORDER BY created_at DESC, "
                        "follower_id DESC LIMIT $4",
                        account, before, limit, deadline);
}

Awaitable<Result<FollowPage>> Graph::Following(AccountId account, FollowPage::Entry before,
                                               std::size_t limit, Deadline deadline) {
  return ReadFollowPage(database_,
                        "SELECT followee_id, created_at FROM follows WHERE follower_id = $1 "
                        "AND (created_at, followee_id) < ($2, $3) ORDER BY created_at DESC, "
                        "followee_id DESC LIMIT $4",
                        account, before, limit, deadline);
}

Awaitable<Result<FollowPage>> Graph::Requests(AccountId account, FollowPage::Entry before,
                                              std::size_t limit, Deadline deadline) {
  return ReadFollowPage(database_,
                        "SELECT follower_id, created_at FROM follow_requests "
                        "WHERE followee_id = $1 AND (created_at, follower_id) < ($2, $3) "
                        "ORDER BY created_at DESC, follower_id DESC LIMIT $4",
                        account, before, limit, deadline);
}

Awaitable<Result<std::vector<std::int64_t>>> Graph::FollowerCounts(std::vector<AccountId> authors,
                                                                   Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> counts(authors.size(), 0);
        for (std::size_t i = 0; i < authors.size(); ++i) {
          RETURN_IF_ERROR(tx.Query("SELECT followers FROM social_counts WHERE account_id = $1",
                                   {authors[i]},
                                   [&](const stores::Row& row) { counts[i] = row.Int(0); }));
        }
        return counts;
      },
      deadline);
}

Awaitable<Result<>> Graph::Complete(AccountId viewer, std::span<accounts::Account> accounts,
                                    Deadline deadline) {
  co_return co_await database_.Read(
      [&](stores::Transaction& tx) -> Result<> {
        for (auto& account : accounts) {
          RETURN_IF_ERROR(tx.Query(
              "SELECT followers, following, posts FROM social_counts WHERE account_id = $1",
              {account.id}, [&](const stores::Row& row) {
                account.followers_count = row.Int(0);
                account.following_count = row.Int(1);
                account.posts_count = row.Int(2);
              }));
          if (viewer && viewer != account.id) {
            ASSIGN_OR_RETURN(account.relationship,
                             ReadRelationship(tx, viewer, account.id, clock_.Now()));
          }
        }
        return {};
      },
      deadline);
}

}  // namespace freshet::social
