#include "services/accounts/service.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "net/auth/jwt.h"
#include "net/json/json_writer.h"
#include "services/accounts/emails.h"
#include "services/accounts/erasure_rows.h"
#include "services/accounts/events.h"
#include "stores/database/outbox.h"

namespace freshet::accounts {
namespace {

Failure WrongCredentials() {
  return Unauthenticated("The user name or the password is wrong.", "wrong_credentials");
}

// What follows from an account's being there: it is found, and the others are told.
Result<> Announce(stores::Transaction& tx, AccountId id, const std::string& username,
                  const std::string& display_name) {
  RETURN_IF_ERROR(IndexNames(tx, id, username, display_name));
  return stores::AddToOutbox(tx, kAccountsTopic, std::to_string(id.value),
                             net::ToJson(AccountCreated{.account_id = id}));
}

// An account without a password.
Result<> InsertAccount(stores::Transaction& tx, AccountId id, const BulkAccount& account) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO accounts (id, username, display_name, bio) VALUES ($1, $2, $3, $4)",
                 {id, account.username, account.display_name, account.bio}));
  return Announce(tx, id, account.username, account.display_name);
}

}  // namespace

struct AccountsService::Credentials {
  AccountId id;
  std::string password_hash;  // empty: there is no password
  bool admin = false;
  bool known_address = false;
};

AccountsService::AccountsService(const AccountsOptions& options,
                                 const SignInThrottleOptions& throttle, AccountsParts parts)
    : database_(parts.database),
      profiles_(parts.profiles),
      standings_(parts.standings),
      passwords_(parts.passwords),
      tokens_(parts.tokens),
      revocations_(parts.revocations),
      ids_(parts.ids),
      clock_(parts.clock),
      confirmation_interval_(options.email_confirmation_interval),
      throttle_(throttle, parts.clock, parts.metrics),
      sessions_(options, parts.database, parts.tokens, parts.revocations, parts.cursors, parts.ids,
                parts.clock),
      editor_(options, parts.database, parts.profiles, parts.clock),
      search_(parts.database, parts.profiles, parts.standings, parts.cursors),
      last_active_(options, parts.database, parts.clock) {}

Awaitable<Result<>> AccountsService::Start(Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await sessions_.Start(deadline));
  const Duration longest = tokens_.longest_token() + net::kClockLeeway;
  co_return co_await database_.Read(
      [&](stores::Transaction& tx) -> Result<> {
        Result<> revoked;
        RETURN_IF_ERROR(tx.Query(
            "SELECT id, erased_at FROM accounts WHERE erased_at > $1 AND erased_at IS NOT NULL",
            {clock_.Now() - longest}, [&](const stores::Row& row) {
              if (!revoked) return;
              revoked = revocations_.Revoke(static_cast<std::uint64_t>(row.Int(0)),
                                            row.Time(1) + longest);
            }));
        return revoked;
      },
      deadline);
}

Awaitable<Result<SignedUp>> AccountsService::SignUpAccount(SignUp request,
                                                           std::optional<OperationKey> operation,
                                                           SessionOrigin origin,
                                                           Deadline deadline) {
  const std::string username = ToLower(request.username);
  CO_ASSIGN_OR_RETURN(const std::string hash,
                      co_await passwords_.Hash(Secret(std::move(request.password))));
  const AccountId fresh = ids_.Next<AccountId>();
  CO_ASSIGN_OR_RETURN(
      const AccountId id,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<AccountId> {
            if (operation) {
              ASSIGN_OR_RETURN(const auto earlier,
                               stores::ClaimOperation(tx, *operation, fresh.value, clock_.Now()));
              if (earlier) return AccountId{*earlier};
            }
            ASSIGN_OR_RETURN(
                const auto inserted,
                tx.Execute(
                    "INSERT INTO accounts (id, username, display_name, email, password_hash) "
                    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username) DO NOTHING",
                    {fresh, username, request.display_name, request.email, hash}));
            if (inserted == 0)
              return Conflict("The user name \"" + username + "\" is taken; choose another.",
                              "username_taken");
            RETURN_IF_ERROR(Announce(tx, fresh, username, request.display_name));
            if (request.email) {
              RETURN_IF_ERROR(AskForConfirmation(tx, fresh, clock_.Now(), confirmation_interval_));
            }
            return fresh;
          },
          deadline));
  CO_ASSIGN_OR_RETURN(auto session,
                      co_await sessions_.Open(id, false, std::move(origin), deadline));
  CO_ASSIGN_OR_RETURN(auto account, co_await Show({.account = id}, id, deadline));
  co_return SignedUp{.account = std::move(account), .session = std::move(session)};
}

Awaitable<Result<std::optional<AccountsService::Credentials>>> AccountsService::FindCredentials(
    std::string username, std::string address, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::optional<Credentials>> {
        std::optional<Credentials> found;
        RETURN_IF_ERROR(
            tx.Query("SELECT id, password_hash, admin, EXISTS (SELECT 1 FROM sessions s WHERE "
                     "s.account_id = accounts.id AND s.address = $2 AND s.expires_at > $3) "
                     "FROM accounts WHERE username = $1 AND erased_at IS NULL",
                     {username, address, clock_.Now()}, [&](const stores::Row& row) {
                       found = Credentials{.id = row.AsId<AccountId>(0),
                                           .password_hash = std::string(row.Text(1)),
                                           .admin = row.Bool(2),
                                           .known_address = row.Bool(3)};
                     }));
        return found;
      },
      deadline);
}

Awaitable<Result<bool>> AccountsService::IsRight(std::string password,
                                                 const std::optional<Credentials>& credentials) {
  if (!credentials || credentials->password_hash.empty())
    return passwords_.VerifyAgainstNothing(Secret(std::move(password)));
  return passwords_.Verify(Secret(std::move(password)), credentials->password_hash);
}

Awaitable<Result<Session>> AccountsService::SignInAccount(SignIn request, SessionOrigin origin,
                                                          Deadline deadline) {
  const std::string username = ToLower(request.username);
  CO_ASSIGN_OR_RETURN(const auto found,
                      co_await FindCredentials(username, origin.address, deadline));
  const std::string address = origin.address;
  const SignInThrottle::Attempt attempt{
      .name = username, .address = address, .known_address = found && found->known_address};
  CO_RETURN_IF_ERROR(throttle_.Begin(attempt));
  const auto right = co_await IsRight(std::move(request.password), found);
  if (!right) {
    throttle_.Abandoned(attempt);
    co_return std::unexpected(right.error());
  }
  if (!*right) co_return WrongCredentials();
  throttle_.Succeeded(attempt);
  CO_ASSIGN_OR_RETURN(
      auto session, co_await sessions_.Open(found->id, found->admin, std::move(origin), deadline));
  CO_ASSIGN_OR_RETURN(session.account, co_await Show({.account = found->id}, found->id, deadline));
  co_return session;
}

Awaitable<Result<Session>> AccountsService::RenewSession(std::string refresh_token,
                                                         SessionOrigin origin, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      RenewedSession renewed,
      co_await sessions_.Refresh(std::move(refresh_token), std::move(origin), deadline));
  // The token is used up: what cannot be read now must not hold back the next one.
  auto account = co_await Show({.account = renewed.account}, renewed.account, deadline);
  if (account) renewed.session.account = *std::move(account);
  co_return std::move(renewed.session);
}

Awaitable<Result<std::string>> AccountsService::PasswordHash(AccountId account, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::string> {
        std::optional<std::string> hash;
        RETURN_IF_ERROR(
            tx.Query("SELECT password_hash FROM accounts WHERE id = $1 AND erased_at IS NULL",
                     {account}, [&](const stores::Row& row) { hash = row.Text(0); }));
        if (!hash) return NotFound("Your account does not exist any more.");
        return *std::move(hash);
      },
      deadline);
}

Awaitable<Result<>> AccountsService::CheckPassword(AccountId account, std::string password,
                                                   std::string hash) {
  // Apart from what strangers do to the name; no user name has a colon.
  const std::string name = "id:" + std::to_string(account.value);
  const SignInThrottle::Attempt attempt{.name = name, .address = name};
  CO_RETURN_IF_ERROR(throttle_.Begin(attempt));
  const auto right = co_await passwords_.Verify(Secret(std::move(password)), hash);
  if (!right) {
    throttle_.Abandoned(attempt);
    co_return std::unexpected(right.error());
  }
  if (!*right) co_return Forbidden("The password is wrong or missing.", "wrong_password");
  throttle_.Succeeded(attempt);
  co_return Result<>();
}

Awaitable<Result<>> AccountsService::Erase(AccountId account, std::optional<std::string> password,
                                           Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const std::string hash, co_await PasswordHash(account, deadline));
  if (!hash.empty()) {
    CO_RETURN_IF_ERROR(
        co_await CheckPassword(account, std::move(password).value_or(std::string()), hash));
  }
  const Timestamp now = clock_.Now();
  CO_ASSIGN_OR_RETURN(
      const auto ended,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<std::vector<EndedSession>> {
            bool there = false;
            RETURN_IF_ERROR(tx.Query(
                "SELECT 1 FROM accounts WHERE id = $1 AND coalesce(password_hash, '') = $2 "
                "AND erased_at IS NULL",
                {account, hash}, [&](const stores::Row&) { there = true; }));
            if (!there) {
              return Conflict("The password was changed elsewhere in this moment.",
                              "password_changed");
            }
            RETURN_IF_ERROR(EraseProfile(tx, account, now));
            RETURN_IF_ERROR(QueueErasure(tx, account, now));
            return sessions_.RemoveOthers(tx, account, 0);
          },
          deadline));
  // The worker that reads the fact forgets it again, for when this is lost.
  (void)co_await profiles_.ForgetCards({&account.value, 1}, deadline);
  CO_RETURN_IF_ERROR(sessions_.Refuse(ended));
  co_return revocations_.Revoke(account.value, now + tokens_.longest_token() + net::kClockLeeway);
}

Awaitable<Result<>> AccountsService::SetPassword(AccountId account, std::uint64_t kept,
                                                 ChangePassword request, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const std::string old_hash, co_await PasswordHash(account, deadline));
  if (!old_hash.empty()) {
    // Apart from what strangers do to the name; no user name has a colon.
    const std::string name = "id:" + std::to_string(account.value);
    const SignInThrottle::Attempt attempt{.name = name, .address = name};
    CO_RETURN_IF_ERROR(throttle_.Begin(attempt));
    auto right = co_await passwords_.Verify(Secret(request.current.value_or("")), old_hash);
    // An answer that was lost: the password is the new one already.
    bool done = false;
    if (right && !*right) {
      right = co_await passwords_.Verify(Secret(request.new_), old_hash);
      done = right && *right;
    }
    if (!right) {
      throttle_.Abandoned(attempt);
      co_return std::unexpected(right.error());
    }
    if (!*right) co_return Forbidden("The current password is wrong or missing.", "wrong_password");
    throttle_.Succeeded(attempt);
    if (done) co_return Result<>();
  }
  CO_ASSIGN_OR_RETURN(const std::string new_hash,
                      co_await passwords_.Hash(Secret(std::move(request.new_))));
  CO_ASSIGN_OR_RETURN(
      const auto ended,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<std::vector<EndedSession>> {
            ASSIGN_OR_RETURN(const auto changed,
                             tx.Execute("UPDATE accounts SET password_hash = $2 WHERE id = $1 AND "
                                        "coalesce(password_hash, '') = $3 AND erased_at IS NULL",
                                        {account, new_hash, old_hash}));
            if (changed == 0)
              return Conflict("The password was changed elsewhere in this moment.",
                              "password_changed");
            return sessions_.RemoveOthers(tx, account, kept);
          },
          deadline));
  co_return sessions_.Refuse(ended);
}

Awaitable<Result<Account>> AccountsService::Show(Viewer viewer, AccountId id, Deadline deadline) {
  const bool own = viewer.account == id;
  auto found = own || viewer.admin ? co_await profiles_.FindOwn(id, deadline)
                                   : co_await profiles_.Find(id, deadline);
  if (!found) co_return std::unexpected(std::move(found).error());
  if (!own) found->settings.reset();
  CO_RETURN_IF_ERROR(co_await standings_.Complete(viewer.account, {&*found, 1}, deadline));
  if (found->relationship && found->relationship->blocked_by)
    co_return NotFound("There is no such account.");
  co_return *std::move(found);
}

Awaitable<Result<Account>> AccountsService::ShowByUsername(Viewer viewer, std::string username,
                                                           Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto account,
                      co_await profiles_.FindByUsername(std::move(username), deadline));
  co_return co_await Show(viewer, account.id, deadline);
}

Awaitable<Result<std::vector<AccountId>>> AccountsService::Ensure(std::vector<BulkAccount> accounts,
                                                                  Deadline deadline) {
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<AccountId>> {
        std::vector<AccountId> ids;
        ids.reserve(accounts.size());
        for (const auto& account : accounts) {
          AccountId id;
          RETURN_IF_ERROR(tx.Query("SELECT id FROM accounts WHERE username = $1",
                                   {account.username},
                                   [&](const stores::Row& row) { id = row.AsId<AccountId>(0); }));
          if (!id) {
            id = ids_.Next<AccountId>();
            RETURN_IF_ERROR(InsertAccount(tx, id, account));
          }
          ids.push_back(id);
        }
        return ids;
      },
      deadline);
}

Awaitable<Result<bool>> AccountsService::HasAdmin(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<bool> {
        bool found = false;
        RETURN_IF_ERROR(tx.Query("SELECT 1 FROM accounts WHERE admin = 1 LIMIT 1", {},
                                 [&](const stores::Row&) { found = true; }));
        return found;
      },
      deadline);
}

Awaitable<Result<AccountId>> AccountsService::AccountOf(std::string_view issuer,
                                                        std::string_view subject,
                                                        Deadline deadline) {
  const auto find = [&](stores::Transaction& tx) -> Result<AccountId> {
    AccountId id;
    RETURN_IF_ERROR(
        tx.Query("SELECT account_id FROM external_identities WHERE issuer = $1 AND subject = $2",
                 {issuer, subject}, [&](const stores::Row& row) { id = row.AsId<AccountId>(0); }));
    return id;
  };
  CO_ASSIGN_OR_RETURN(const AccountId known,
                      co_await stores::ReadReturning(database_, find, deadline));
  if (known) co_return known;
  const std::string username = "guest_" + EncodeHex(RandomBytes(6));
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<AccountId> {
        ASSIGN_OR_RETURN(const AccountId raced, find(tx));
        if (raced) return raced;
        const AccountId id = ids_.Next<AccountId>();
        RETURN_IF_ERROR(
            InsertAccount(tx, id, {.username = username, .display_name = username, .bio = {}}));
        RETURN_IF_ERROR(tx.Execute(
            "INSERT INTO external_identities (issuer, subject, account_id) VALUES ($1, $2, $3)",
            {issuer, subject, id}));
        return id;
      },
      deadline);
}

Awaitable<Result<std::uint64_t>> AccountsService::NewestId(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<std::uint64_t> {
        std::uint64_t newest = 0;
        const auto keep = [&](const stores::Row& row) {
          if (!row.IsNull(0)) newest = std::max(newest, static_cast<std::uint64_t>(row.Int(0)));
        };
        RETURN_IF_ERROR(tx.Query("SELECT max(id) FROM accounts", {}, keep));
        RETURN_IF_ERROR(tx.Query("SELECT max(id) FROM sessions", {}, keep));
        return newest;
      },
      deadline);
}

Awaitable<Result<>> AccountsService::GrantAdmin(std::string username, Deadline deadline) {
  username = ToLower(username);
  CO_ASSIGN_OR_RETURN(const auto changed,
                      co_await stores::WriteReturning(
                          database_,
                          [&](stores::Transaction& tx) {
                            return tx.Execute("UPDATE accounts SET admin = 1 WHERE username = $1",
                                              {username});
                          },
                          deadline));
  if (changed == 0) co_return NotFound("There is no account named \"" + username + "\".");
  co_return Result<>();
}

Awaitable<Result<>> AccountsService::GrantFirstAdmin(std::string username, Deadline deadline) {
  username = ToLower(username);
  const auto grant = [&](stores::Transaction& tx) {
    return tx.Execute(
        "UPDATE accounts SET admin = 1 WHERE username = $1 "
        "AND NOT EXISTS (SELECT 1 FROM accounts WHERE admin = 1)",
        {username});
  };
  CO_ASSIGN_OR_RETURN(const auto changed,
                      co_await stores::WriteReturning(database_, grant, deadline));
  if (changed == 0) co_return Conflict("There is an administrator already.", "has_admin");
  co_return Result<>();
}

}  // namespace freshet::accounts
