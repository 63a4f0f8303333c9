#include "services/accounts/personal_data.h"

#include <string>

#include "net/json/json_writer.h"
#include "services/accounts/account_row.h"
#include "services/accounts/erasure_rows.h"
#include "services/accounts/session_types.h"
#include "stores/database/operations.h"

namespace freshet::accounts {
namespace {

constexpr std::int64_t kRowsAtOnce = 200;

struct ExportedAccount {
  Account account;
  std::optional<std::string> email;
  bool email_confirmed = false;
  std::vector<std::string> signed_in_by;

  static constexpr auto Describe() {
    using E = ExportedAccount;
    return Description(
        "ExportedAccount", "An account, with what only its owner may know.",
        Field("account", &E::account), Field("email", &E::email),
        Field("email_confirmed", &E::email_confirmed),
        Field("signed_in_by", &E::signed_in_by).Doc("Issuers whose tokens it accepts."));
  }
};

Result<ExportPage> ExportAccount(stores::Transaction& tx, AccountId person) {
  ExportedAccount exported;
  ASSIGN_OR_RETURN(exported.account, ReadOwnAccount(tx, person));
  RETURN_IF_ERROR(tx.Query("SELECT email, email_confirmed FROM accounts WHERE id = $1", {person},
                           [&](const stores::Row& row) {
                             if (!row.IsNull(0)) exported.email = std::string(row.Text(0));
                             exported.email_confirmed = row.Bool(1);
                           }));
  RETURN_IF_ERROR(
      tx.Query("SELECT issuer FROM external_identities WHERE account_id = $1", {person},
               [&](const stores::Row& row) { exported.signed_in_by.emplace_back(row.Text(0)); }));
  return ExportPage{.items = {net::ToJson(exported)}, .next = {}};
}

Result<ExportPage> ExportSessions(stores::Transaction& tx, AccountId person, ExportPosition from) {
  ExportPage page;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, last_used_at, address, user_agent FROM sessions WHERE account_id = $1 "
               "AND id > $2 ORDER BY id LIMIT $3",
               {person, from.first, kRowsAtOnce}, [&](const stores::Row& row) {
                 const auto id = row.AsId<SessionId>(0);
                 page.items.push_back(net::ToJson(SessionInfo{
                     .id = id,
                     .created_at = IdTime(id.value),
                     .last_used_at = row.Time(1),
                     .address = std::string(row.Text(2)),
                     .user_agent = std::string(row.Text(3)),
                 }));
                 page.next = {.first = id.value};
               }));
  if (page.items.size() < kRowsAtOnce) page.next.reset();
  return page;
}

}  // namespace

std::vector<std::string_view> OwnPersonalData::Lists() const { return {"account", "sessions"}; }

Awaitable<Result<ExportPage>> OwnPersonalData::Export(std::string_view list, AccountId person,
                                                      ExportPosition from, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) {
        return list == "account" ? ExportAccount(tx, person) : ExportSessions(tx, person, from);
      },
      deadline);
}

Awaitable<Result<bool>> OwnPersonalData::EraseSome(AccountId person, Deadline deadline) {
  // Again, for what was under way when the account was erased: a sign-in, an edit.
  CO_ASSIGN_OR_RETURN(const auto ended,
                      co_await stores::WriteReturning(
                          database_,
                          [&](stores::Transaction& tx) -> Result<std::vector<EndedSession>> {
                            RETURN_IF_ERROR(EraseProfile(tx, person, clock_.Now()));
                            return sessions_.RemoveOthers(tx, person, 0);
                          },
                          deadline));
  CO_RETURN_IF_ERROR(sessions_.Refuse(ended));
  CO_RETURN_IF_ERROR(co_await stores::EraseOperations(database_, person, deadline));
  co_return true;
}

}  // namespace freshet::accounts
