#include "services/accounts/account_row.h"

#include <string>

namespace freshet::accounts {
namespace {

constexpr std::string_view kById =
    "SELECT id, username, display_name, bio, avatar_url, verified, private FROM accounts "
    "WHERE id = $1 AND erased_at IS NULL";
constexpr std::string_view kByUsername =
    "SELECT id, username, display_name, bio, avatar_url, verified, private FROM accounts "
    "WHERE username = $1 AND erased_at IS NULL";

net::Nullable<std::string> NullableText(const stores::Row& row, int column) {
  if (row.IsNull(column)) return {};
  return std::string(row.Text(column));
}

Result<std::optional<Account>> Read(stores::Transaction& tx, std::string_view sql,
                                    stores::Sql key) {
  std::optional<Account> account;
  RETURN_IF_ERROR(tx.Query(sql, {key}, [&](const stores::Row& row) {
    account.emplace();
    account->id = row.AsId<AccountId>(0);
    account->username = row.Text(1);
    account->display_name = row.Text(2);
    account->bio = row.Text(3);
    account->avatar_url = NullableText(row, 4);
    account->verified = row.Bool(5);
    account->private_ = row.Bool(6);
    account->created_at = IdTime(account->id.value);
  }));
  return account;
}

}  // namespace

Result<std::optional<Account>> ReadAccount(stores::Transaction& tx, AccountId id) {
  return Read(tx, kById, id);
}

Result<std::optional<Account>> ReadAccount(stores::Transaction& tx, std::string_view username) {
  return Read(tx, kByUsername, username);
}

Result<Account> ReadOwnAccount(stores::Transaction& tx, AccountId id) {
  ASSIGN_OR_RETURN(auto account, ReadAccount(tx, id));
  if (!account) return NotFound("There is no such account.");
  RETURN_IF_ERROR(
      tx.Query("SELECT language, time_zone, discoverable, last_active_at, email, email_confirmed "
               "FROM accounts WHERE id = $1",
               {id}, [&](const stores::Row& row) {
                 account->settings = Settings{.language = NullableText(row, 0),
                                              .time_zone = NullableText(row, 1),
                                              .discoverable = row.Bool(2)};
                 account->last_active_at = row.OptionalTime(3);
                 account->email = NullableText(row, 4);
                 account->email_confirmed = row.Bool(5);
               }));
  return *std::move(account);
}

}  // namespace freshet::accounts
