#include "services/accounts/erasure_rows.h"

#include <string>

#include "net/json/json_writer.h"
#include "services/accounts/events.h"
#include "stores/database/outbox.h"

namespace freshet::accounts {

Result<> EraseProfile(stores::Transaction& tx, AccountId account, Timestamp now) {
  // No user name has a colon, so the row stands in nobody's way.
  const std::string nobody = "erased:" + std::to_string(account.value);
  RETURN_IF_ERROR(
      tx.Execute("UPDATE accounts SET username = $2, display_name = '', bio = '', "
                 "avatar_url = NULL, email = NULL, email_confirmed = 0, password_hash = NULL, "
                 "verified = 0, private = 0, "
                 "admin = 0, language = NULL, time_zone = NULL, discoverable = 0, "
                 "last_active_at = NULL, erased_at = coalesce(erased_at, $3) WHERE id = $1",
                 {account, nobody, now}));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM account_words WHERE account_id = $1", {account}));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM email_confirmations WHERE account_id = $1", {account}));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM external_identities WHERE account_id = $1", {account}));
  return {};
}

Result<> QueueErasure(stores::Transaction& tx, AccountId account, Timestamp now) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO erasures (account_id, due_at) VALUES ($1, $2) "
                 "ON CONFLICT (account_id) DO NOTHING",
                 {account, now}));
  return stores::AddToOutbox(tx, kAccountsTopic, std::to_string(account.value),
                             net::ToJson(AccountErased{.account_id = account}));
}

}  // namespace freshet::accounts
