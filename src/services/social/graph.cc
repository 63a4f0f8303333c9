#include "services/social/graph.h"

#include <algorithm>
#include <cstring>

#include "net/json/json_writer.h"
#include "stores/database/outbox.h"

namespace freshet::social {
namespace {

constexpr stores::CacheSpace kFollowees{.number = 2, .name = "followees"};

Result<accounts::Relationship> ReadRelationship(stores::Transaction& tx, AccountId viewer,
                                                AccountId other) {
  accounts::Relationship relationship;
  RETURN_IF_ERROR(tx.Query(
      "SELECT follower_id FROM follows WHERE (follower_id = $1 AND followee_id = $2) "
      "OR (follower_id = $2 AND followee_id = $1)",
      {viewer, other}, [&](const stores::Row& row) {
        (row.AsId<AccountId>(0) == viewer ? relationship.following : relationship.followed_by) =
            true;
      }));
  relationship.friend_ = relationship.following && relationship.followed_by;
  return relationship;
}

// Adds to the counts of one account, making its row if need be.
Result<> AddToCounts(stores::Transaction& tx, AccountId account, std::int64_t followers,
                     std::int64_t following) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO social_counts (account_id, followers, following) VALUES ($1, $2, $3) "
                 "ON CONFLICT (account_id) DO UPDATE SET followers = social_counts.followers + $2, "
                 "following = social_counts.following + $3",
                 {account, followers, following}));
  return {};
}

Result<> CheckFollowingLimit(stores::Transaction& tx, AccountId follower, std::int64_t most) {
  std::int64_t following = 0;
  RETURN_IF_ERROR(tx.Query("SELECT following FROM social_counts WHERE account_id = $1", {follower},
                           [&](const stores::Row& row) { following = row.Int(0); }));
  if (following >= most) {
    return Invalid(
        fmt::format("You follow {} accounts, which is as many as one may; unfollow somebody first.",
                    following),
        "following_limit");
  }
  return {};
}

}  // namespace

Result<> AddFollowEvent(stores::Transaction& tx, const FollowChanged& event) {
  return stores::AddToOutbox(tx, kFollowsTopic, std::to_string(event.follower_id.value),
                             net::ToJson(event));
}

std::span<const AccountId> FolloweeSet::ids() const {
  if (!packed_) return {};
  return {reinterpret_cast<const AccountId*>(packed_->data()), packed_->size() / sizeof(AccountId)};
}

bool FolloweeSet::Contains(AccountId id) const { return std::ranges::binary_search(ids(), id); }

std::shared_ptr<const std::vector<AccountId>> Celebrities::All() const {
  MutexLock lock(mutex_);
  return sorted_;
}

void Celebrities::Add(AccountId author) {
  MutexLock lock(mutex_);
  if (std::ranges::binary_search(*sorted_, author)) return;
  auto larger = std::make_shared<std::vector<AccountId>>(*sorted_);
  larger->insert(std::ranges::upper_bound(*larger, author), author);
  sorted_ = std::move(larger);
}

void Celebrities::Replace(std::vector<AccountId> authors) {
  std::ranges::sort(authors);
  auto sorted = std::make_shared<const std::vector<AccountId>>(std::move(authors));
  MutexLock lock(mutex_);
  sorted_ = std::move(sorted);
}

Graph::Graph(GraphOptions options, accounts::Profiles& profiles, stores::Database& database,
             stores::Cache& cache, stores::Timelines& timelines, const Clock& clock)
    : options_(options),
      profiles_(profiles),
      database_(database),
      timelines_(timelines),
      clock_(clock),
      followees_(
          cache, kFollowees, {},
          [this](std::vector<std::uint64_t> people, Deadline deadline) {
            return LoadFollowees(std::move(people), deadline);
          },
          clock) {}

Awaitable<Result<>> Graph::Start(Deadline deadline) {
  std::vector<AccountId> authors;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) {
        authors.clear();
        return tx.Query("SELECT account_id FROM social_counts WHERE celebrity = 1", {},
                        [&](const stores::Row& row) { authors.push_back(row.AsId<AccountId>(0)); });
      },
      deadline));
  celebrities_.Replace(std::move(authors));
  co_return Result<>();
}

Awaitable<Result<accounts::Relationship>> Graph::Follow(AccountId follower, AccountId followee,
                                                        Deadline deadline) {
  return Change(follower, followee, true, deadline);
}

Awaitable<Result<accounts::Relationship>> Graph::Unfollow(AccountId follower, AccountId followee,
                                                          Deadline deadline) {
  return Change(follower, followee, false, deadline);
}

Awaitable<Result<accounts::Relationship>> Graph::Change(AccountId follower, AccountId followee,
                                                        bool follow, Deadline deadline) {
  if (follower == followee) co_return Invalid("Nobody can follow themselves.", "self_follow");
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards({&followee.value, 1}, deadline));
  if (!cards.front()) co_return NotFound("There is no such account.");
  bool changed = false;
  CO_ASSIGN_OR_RETURN(
      const auto relationship,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<accounts::Relationship> {
            changed = false;
            ASSIGN_OR_RETURN(auto now, ReadRelationship(tx, follower, followee));
            if (now.following == follow) return now;
            if (follow) {
              RETURN_IF_ERROR(CheckFollowingLimit(tx, follower, options_.max_following));
              RETURN_IF_ERROR(tx.Execute(
                  "INSERT INTO follows (follower_id, followee_id, created_at) VALUES ($1, $2, $3)",
                  {follower, followee, clock_.Now()}));
            } else {
              RETURN_IF_ERROR(
                  tx.Execute("DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2",
                             {follower, followee}));
            }
            const std::int64_t by = follow ? 1 : -1;
            RETURN_IF_ERROR(AddToCounts(tx, follower, 0, by));
            RETURN_IF_ERROR(AddToCounts(tx, followee, by, 0));
            RETURN_IF_ERROR(AddFollowEvent(
                tx, {.follower_id = follower, .followee_id = followee, .following = follow}));
            changed = true;
            now.following = follow;
            now.friend_ = follow && now.followed_by;
            return now;
          },
          deadline));
  // A failure here is mended by the worker that reads the event.
  if (changed) (void)co_await ForgetFollowees({&follower, 1}, deadline);
  co_return relationship;
}

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
        for (const auto person : people) {
          std::string packed;
          RETURN_IF_ERROR(tx.Query(
              "SELECT followee_id FROM follows WHERE follower_id = $1 ORDER BY followee_id",
              {person}, [&](const stores::Row& row) {
                const auto id = row.AsId<AccountId>(0);
                packed.append(reinterpret_cast<const char*>(&id), sizeof id);
              }));
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

Awaitable<Result<>> Graph::MakeCelebrity(AccountId author, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("UPDATE social_counts SET celebrity = 1 WHERE account_id = $1", {author}));
        return {};
      },
      deadline));
  celebrities_.Add(author);
  co_return Result<>();
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
            ASSIGN_OR_RETURN(account.relationship, ReadRelationship(tx, viewer, account.id));
          }
        }
        return {};
      },
      deadline);
}

}  // namespace freshet::social
