#include <boost/container/flat_map.hpp>
#include <unordered_map>

#include "base/text.h"
#include "net/json/json_writer.h"
#include "services/accounts/account_row.h"
#include "services/accounts/api.h"

namespace freshet::accounts {
namespace {

constexpr stores::CacheSpace kCards{.number = 1, .name = "author_card"};

}  // namespace

std::string AuthorCardView::Pack(const Account& account) {
  const int flags = (account.private_ ? kPrivate : 0) | (account.verified ? kVerified : 0);
  std::string bytes(1, static_cast<char>(flags));
  net::JsonWriter json(bytes);
  net::WriteJson(json, AuthorCard{.id = account.id,
                                  .username = account.username,
                                  .display_name = account.display_name,
                                  .avatar_url = account.avatar_url,
                                  .verified = account.verified});
  return bytes;
}

Profiles::Profiles(stores::Database& database, stores::Cache& cache, const Clock& clock)
    : database_(database),
      cards_(
          cache, kCards, {.missing = Duration(0)},  // accounts appear at any time
          [this](std::vector<std::uint64_t> ids, Deadline deadline) {
            return LoadCards(std::move(ids), deadline);
          },
          clock) {}

Awaitable<Result<std::vector<std::optional<Account>>>> Profiles::Find(std::vector<AccountId> ids,
                                                                      Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<std::optional<Account>>> {
        std::vector<std::optional<Account>> accounts;
        accounts.reserve(ids.size());
        for (const AccountId id : ids) {
          ASSIGN_OR_RETURN(auto account, ReadAccount(tx, id));
          accounts.push_back(std::move(account));
        }
        return accounts;
      },
      deadline);
}

Awaitable<Result<Account>> Profiles::Find(AccountId id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto found, co_await Find(std::vector{id}, deadline));
  if (!found.front()) co_return NotFound("There is no such account.");
  co_return *std::move(found.front());
}

Awaitable<Result<Account>> Profiles::FindByUsername(std::string username, Deadline deadline) {
  username = ToLower(username);
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<Account> {
        ASSIGN_OR_RETURN(auto account, ReadAccount(tx, std::string_view(username)));
        if (!account) return NotFound("There is no such account.");
        return *std::move(account);
      },
      deadline);
}

Awaitable<Result<Account>> Profiles::FindOwn(AccountId id, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_, [&](stores::Transaction& tx) { return ReadOwnAccount(tx, id); }, deadline);
}

Awaitable<Result<std::vector<stores::CacheValue>>> Profiles::Cards(
    std::span<const std::uint64_t> ids, Deadline deadline) {
  return cards_.Get(ids, deadline);
}

Awaitable<Result<>> Profiles::ForgetCards(std::span<const std::uint64_t> ids, Deadline deadline) {
  return cards_.Remove(ids, deadline);
}

Awaitable<Result<std::vector<stores::CacheValue>>> Profiles::LoadCards(
    std::vector<std::uint64_t> ids, Deadline deadline) {
  std::vector<AccountId> typed;
  typed.reserve(ids.size());
  for (const auto id : ids) typed.push_back(AccountId{id});
  CO_ASSIGN_OR_RETURN(auto accounts, co_await Find(std::move(typed), deadline));
  std::vector<stores::CacheValue> cards;
  cards.reserve(accounts.size());
  for (const auto& account : accounts) {
    cards.push_back(account ? std::make_shared<const std::string>(AuthorCardView::Pack(*account))
                            : nullptr);
  }
  co_return cards;
}

}  // namespace freshet::accounts
