#include "services/accounts/upkeep.h"

#include <algorithm>
#include <string>

#include "services/accounts/search.h"

namespace freshet::accounts {
namespace {

// What the index should say of the account; sorted.
Result<std::vector<std::string>> WordsOf(stores::Transaction& tx, AccountId account,
                                         std::string& username, std::string& display_name) {
  bool found = false;
  RETURN_IF_ERROR(
      tx.Query("SELECT username, display_name FROM accounts WHERE id = $1 AND discoverable = 1 "
               "AND erased_at IS NULL",
               {account}, [&](const stores::Row& row) {
                 found = true;
                 username = row.Text(0);
                 display_name = row.Text(1);
               }));
  std::vector<std::string> words;
  if (found) words = SearchWords(username, display_name);
  std::ranges::sort(words);
  return words;
}

Result<bool> ReindexOne(stores::Transaction& tx, AccountId account) {
  std::string username, display_name;
  ASSIGN_OR_RETURN(const auto words, WordsOf(tx, account, username, display_name));
  std::vector<std::string> indexed;
  RETURN_IF_ERROR(tx.Query("SELECT word FROM account_words WHERE account_id = $1", {account},
                           [&](const stores::Row& row) { indexed.emplace_back(row.Text(0)); }));
  std::ranges::sort(indexed);
  if (indexed == words) return false;
  RETURN_IF_ERROR(UnindexNames(tx, account));
  if (!words.empty()) RETURN_IF_ERROR(IndexNames(tx, account, username, display_name));
  return true;
}

}  // namespace

Awaitable<Result<std::int64_t>> Upkeep::Count(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t count = 0;
        RETURN_IF_ERROR(tx.Query("SELECT count(*) FROM accounts", {},
                                 [&](const stores::Row& row) { count = row.Int(0); }));
        return count;
      },
      deadline);
}

Awaitable<Result<std::vector<AccountId>>> Upkeep::IdsAfter(AccountId after, std::int64_t limit,
                                                           Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<AccountId>> {
        std::vector<AccountId> ids;
        RETURN_IF_ERROR(
            tx.Query("SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT $2", {after, limit},
                     [&](const stores::Row& row) { ids.push_back(row.AsId<AccountId>(0)); }));
        return ids;
      },
      deadline);
}

Awaitable<Result<std::int64_t>> Upkeep::Reindex(std::vector<AccountId> accounts,
                                                Deadline deadline) {
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t mended = 0;
        for (const auto account : accounts) {
          ASSIGN_OR_RETURN(const bool changed, ReindexOne(tx, account));
          mended += changed ? 1 : 0;
        }
        return mended;
      },
      deadline);
}

}  // namespace freshet::accounts
