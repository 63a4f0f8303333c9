#include "services/social/recount.h"

#include <string_view>

namespace freshet::social {
namespace {

Result<std::int64_t> CountBy(stores::Transaction& tx, std::string_view sql, AccountId account) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(tx.Query(sql, {account}, [&](const stores::Row& row) { count = row.Int(0); }));
  return count;
}

Result<bool> RecountOne(stores::Transaction& tx, AccountId account) {
  ASSIGN_OR_RETURN(const auto followers,
                   CountBy(tx, "SELECT count(*) FROM follows WHERE followee_id = $1", account));
  ASSIGN_OR_RETURN(const auto following,
                   CountBy(tx, "SELECT count(*) FROM follows WHERE follower_id = $1", account));
  ASSIGN_OR_RETURN(const auto posts,
                   CountBy(tx,
                           "SELECT count(*) FROM posts WHERE author_id = $1 AND deleted_at IS NULL "
                           "AND share_of IS NULL",
                           account));
  bool right = followers == 0 && following == 0 && posts == 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT followers, following, posts FROM social_counts WHERE account_id = $1",
               {account}, [&](const stores::Row& row) {
                 right = row.Int(0) == followers && row.Int(1) == following && row.Int(2) == posts;
               }));
  if (right) return false;
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO social_counts (account_id, followers, following, posts) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET "
                 "followers = $2, following = $3, posts = $4",
                 {account, followers, following, posts}));
  return true;
}

}  // namespace

Awaitable<Result<std::int64_t>> Recount(stores::Database& database, std::vector<AccountId> accounts,
                                        Deadline deadline) {
  co_return co_await stores::WriteReturning(
      database,
      [&](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t mended = 0;
        for (const auto account : accounts) {
          ASSIGN_OR_RETURN(const bool changed, RecountOne(tx, account));
          mended += changed ? 1 : 0;
        }
        return mended;
      },
      deadline);
}

}  // namespace freshet::social
