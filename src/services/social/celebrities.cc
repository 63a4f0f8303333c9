#include "services/social/celebrities.h"

#include <algorithm>

namespace freshet::social {
namespace {

// For a store that hangs; the review is then tried again.
constexpr Duration kCallDeadline{30'000};

void Set(std::vector<AccountId>& sorted, AccountId id, bool present) {
  const auto at = std::ranges::lower_bound(sorted, id);
  const bool there = at != sorted.end() && *at == id;
  if (present && !there) sorted.insert(at, id);
  if (!present && there) sorted.erase(at);
}

}  // namespace

Awaitable<Result<>> Celebrities::Start(Deadline deadline) {
  Table table;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) {
        table = {};
        return tx.Query("SELECT account_id, celebrity FROM social_counts WHERE celebrity > 0", {},
                        [&](const stores::Row& row) {
                          const auto id = row.AsId<AccountId>(0);
                          table.merged.push_back(id);
                          if (static_cast<State>(row.Int(1)) == State::kReturning) {
                            table.returning.push_back(id);
                          }
                        });
      },
      deadline));
  std::ranges::sort(table.merged);
  std::ranges::sort(table.returning);
  MutexLock lock(mutex_);
  table_ = std::make_shared<const Table>(std::move(table));
  co_return Result<>();
}

std::shared_ptr<const std::vector<AccountId>> Celebrities::All() const {
  MutexLock lock(mutex_);
  return {table_, &table_->merged};
}

bool Celebrities::IsPushed(AccountId author) const {
  MutexLock lock(mutex_);
  return !std::ranges::binary_search(table_->merged, author) ||
         std::ranges::binary_search(table_->returning, author);
}

void Celebrities::Remember(AccountId author, State state) {
  MutexLock lock(mutex_);
  auto table = std::make_shared<Table>(*table_);
  Set(table->merged, author, state != State::kOrdinary);
  Set(table->returning, author, state == State::kReturning);
  table_ = std::move(table);
}

Awaitable<Result<>> Celebrities::Review(std::span<const AccountId> authors,
                                        CelebrityThresholds thresholds) {
  CO_ASSIGN_OR_RETURN(auto standings, co_await Read(authors));
  for (auto& standing : standings) {
    const bool large = standing.followers >= thresholds.enter;
    const bool small = standing.followers < std::min(thresholds.leave, thresholds.enter);
    if (large && standing.state != State::kCelebrity) {
      CO_RETURN_IF_ERROR(co_await Move(standing, State::kCelebrity));
    } else if (small && standing.state == State::kCelebrity) {
      CO_ASSIGN_OR_RETURN(const bool moved, co_await Move(standing, State::kReturning));
      if (moved) CO_RETURN_IF_ERROR(co_await Return(standing, thresholds.batch));
    } else if (standing.state == State::kReturning) {
      // Interrupted before.
      Remember(standing.author, State::kReturning);
      CO_RETURN_IF_ERROR(co_await Return(standing, thresholds.batch));
    } else {
      Remember(standing.author, standing.state);
    }
  }
  co_return Result<>();
}

Awaitable<Result<std::vector<Celebrities::Standing>>> Celebrities::Read(
    std::span<const AccountId> authors) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<Standing>> {
        std::vector<Standing> standings;
        standings.reserve(authors.size());
        for (const auto author : authors) {
          RETURN_IF_ERROR(
              tx.Query("SELECT celebrity, celebrity_changes, followers FROM social_counts "
                       "WHERE account_id = $1",
                       {author}, [&](const stores::Row& row) {
                         standings.push_back({.author = author,
                                              .state = static_cast<State>(row.Int(0)),
                                              .changes = row.Int(1),
                                              .followers = row.Int(2)});
                       }));
        }
        return standings;
      },
      Soon());
}

Awaitable<Result<bool>> Celebrities::Move(Standing& standing, State to) {
  const auto move = [&](stores::Transaction& tx) {
    return tx.Execute(
        "UPDATE social_counts SET celebrity = $2, celebrity_changes = celebrity_changes + 1 "
        "WHERE account_id = $1 AND celebrity_changes = $3",
        {standing.author, to, standing.changes});
  };
  CO_ASSIGN_OR_RETURN(const auto moved, co_await stores::WriteReturning(database_, move, Soon()));
  if (moved == 0) co_return false;
  standing.state = to;
  ++standing.changes;
  Remember(standing.author, to);
  co_return true;
}

Awaitable<Result<>> Celebrities::Return(Standing standing, std::size_t batch) {
  CO_RETURN_IF_ERROR(co_await DropTimelinesOfFollowers(standing.author, batch));
  CO_RETURN_IF_ERROR(co_await Move(standing, State::kOrdinary));
  co_return Result<>();
}

Awaitable<Result<>> Celebrities::DropTimelinesOfFollowers(AccountId author, std::size_t batch) {
  // Who begins to follow meanwhile drops their own timeline.
  AccountId last;
  std::vector<stores::TimelineKey> homes;
  do {
    CO_RETURN_IF_ERROR(co_await database_.Read(
        [&](stores::Transaction& tx) {
          homes.clear();
          return tx.Query(
              "SELECT follower_id FROM follows WHERE followee_id = $1 "
              "AND follower_id > $2 ORDER BY follower_id LIMIT $3",
              {author, last, batch}, [&](const stores::Row& row) {
                homes.push_back(
                    {.kind = stores::TimelineKind::kHome, .owner = row.AsId<AccountId>(0)});
              });
        },
        Soon()));
    if (homes.empty()) break;
    last = homes.back().owner;
    CO_RETURN_IF_ERROR(co_await timelines_.Drop(homes, Soon()));
  } while (homes.size() == batch);
  co_return Result<>();
}

Deadline Celebrities::Soon() const { return Deadline::After(clock_, kCallDeadline); }

}  // namespace freshet::social
