#include "services/accounts/service.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "net/auth/jwt.h"
#include "net/auth/refresh_token.h"
#include "net/json/json_writer.h"
#include "services/accounts/events.h"
#include "stores/database/outbox.h"

namespace freshet::accounts {
namespace {

// How long the reuse of a refresh token is recognised and ends its session; afterwards it is only
// refused.
constexpr Duration kUsedTokenMemory{7 * 24 * 3'600'000LL};
constexpr std::int64_t kPurgedAtOnce = 1'000;

net::Scopes ScopesOf(bool admin) {
  net::Scopes scopes{net::Scope::kRead, net::Scope::kWrite};
  if (admin) scopes.Add(net::Scope::kAdmin);
  return scopes;
}

Failure WrongCredentials() {
  return Unauthenticated("The user name or the password is wrong.", "wrong_credentials");
}
Failure InvalidRefreshToken() {
  return Unauthenticated("This refresh token is not valid any more; sign in again.",
                         "invalid_refresh_token");
}

struct RefreshToken {
  std::string text;
  std::string hash;  // what is stored
};

RefreshToken MakeRefreshToken() {
  std::string text = net::NewRefreshToken().Reveal();
  std::string hash = EncodeHex(AsBytes(net::HashRefreshToken(text).value()));
  return {.text = std::move(text), .hash = std::move(hash)};
}

Result<> AddRefreshToken(stores::Transaction& tx, const std::string& hash, std::uint64_t session) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO refresh_tokens (hash, session_id) VALUES ($1, $2)", {hash, session}));
  return {};
}

// Returns when the last access token of the session expires.
Result<Timestamp> RemoveSession(stores::Transaction& tx, std::uint64_t session,
                                Timestamp expires_at) {
  RETURN_IF_ERROR(
      tx.Query("SELECT access_until FROM sessions WHERE id = $1", {session},
               [&](const stores::Row& row) { expires_at = std::max(expires_at, row.Time(0)); }));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM refresh_tokens WHERE session_id = $1", {session}));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM sessions WHERE id = $1", {session}));
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO refused_sessions (id, access_until) VALUES ($1, $2) "
                 "ON CONFLICT (id) DO NOTHING",
                 {session, expires_at}));
  return expires_at;
}

// An account without a password, and the fact that it exists.
Result<> InsertAccount(stores::Transaction& tx, AccountId id, const BulkAccount& account) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO accounts (id, username, display_name, bio) VALUES ($1, $2, $3, $4)",
                 {id, account.username, account.display_name, account.bio}));
  return stores::AddToOutbox(
      tx, kAccountsTopic, std::to_string(id.value),
      net::ToJson(AccountCreated{.account_id = id, .username = account.username}));
}

}  // namespace

struct AccountsService::StoredAccount {
  AccountId id;
  std::string password_hash;
  bool admin = false;
};

AccountsService::AccountsService(AccountsOptions options, stores::Database& database,
                                 Profiles& profiles, AccountStandings& standings,
                                 net::PasswordHasher& passwords, const net::TokenIssuer& tokens,
                                 net::SessionRevocations& revocations, IdGenerator& ids,
                                 const Clock& clock)
    : options_(options),
      database_(database),
      profiles_(profiles),
      standings_(standings),
      passwords_(passwords),
      tokens_(tokens),
      revocations_(revocations),
      ids_(ids),
      clock_(clock) {}

Awaitable<Result<>> AccountsService::Start(Deadline deadline) {
  co_return co_await database_.Read(
      [&](stores::Transaction& tx) -> Result<> {
        Result<> revoked;
        RETURN_IF_ERROR(tx.Query(
            "SELECT id, access_until FROM refused_sessions "
            "WHERE access_until > $1",
            {clock_.Now() - net::kClockLeeway}, [&](const stores::Row& row) {
              if (!revoked) return;
              revoked = revocations_.Revoke(static_cast<std::uint64_t>(row.Int(0)), row.Time(1));
            }));
        return revoked;
      },
      deadline);
}

Awaitable<Result<SignedUp>> AccountsService::SignUpAccount(SignUp request,
                                                           std::optional<OperationKey> operation,
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
            RETURN_IF_ERROR(stores::AddToOutbox(
                tx, kAccountsTopic, std::to_string(fresh.value),
                net::ToJson(AccountCreated{.account_id = fresh, .username = username})));
            return fresh;
          },
          deadline));
  CO_ASSIGN_OR_RETURN(auto session, co_await OpenSession(id, false, deadline));
  CO_ASSIGN_OR_RETURN(auto account, co_await Show(id, id, deadline));
  co_return SignedUp{.account = std::move(account), .session = std::move(session)};
}

Awaitable<Result<Session>> AccountsService::SignInAccount(SignIn request, Deadline deadline) {
  const std::string username = ToLower(request.username);
  CO_ASSIGN_OR_RETURN(const auto stored,
                      co_await stores::ReadReturning(
                          database_,
                          [&](stores::Transaction& tx) -> Result<std::optional<StoredAccount>> {
                            std::optional<StoredAccount> account;
                            RETURN_IF_ERROR(tx.Query(
                                "SELECT id, password_hash, admin FROM accounts WHERE username = $1 "
                                "AND erased_at IS NULL",
                                {username}, [&](const stores::Row& row) {
                                  account = StoredAccount{.id = row.AsId<AccountId>(0),
                                                          .password_hash = std::string(row.Text(1)),
                                                          .admin = row.Bool(2)};
                                }));
                            return account;
                          },
                          deadline));
  if (!stored || stored->password_hash.empty()) {
    CO_RETURN_IF_ERROR(co_await passwords_.VerifyAgainstNothing(Secret(request.password)));
    co_return WrongCredentials();
  }
  CO_ASSIGN_OR_RETURN(const bool right,
                      co_await passwords_.Verify(Secret(request.password), stored->password_hash));
  if (!right) co_return WrongCredentials();
  CO_ASSIGN_OR_RETURN(auto session, co_await OpenSession(stored->id, stored->admin, deadline));
  CO_ASSIGN_OR_RETURN(session.account, co_await Show(stored->id, stored->id, deadline));
  co_return session;
}

Awaitable<Result<Session>> AccountsService::Refresh(std::string refresh_token, Deadline deadline) {
  struct Owner {
    AccountId account;
    bool admin = false;
    std::uint64_t session = 0;
    bool reused = false;
    Timestamp access_until;
  };
  const auto digest = net::HashRefreshToken(refresh_token);
  if (!digest) co_return InvalidRefreshToken();
  const std::string presented = EncodeHex(AsBytes(*digest));
  RefreshToken next = MakeRefreshToken();
  const Timestamp now = clock_.Now();
  const Timestamp access_until = now + options_.access_token_lifetime;
  CO_ASSIGN_OR_RETURN(
      const Owner owner,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<Owner> {
            Owner found;
            RETURN_IF_ERROR(tx.Query(
                "SELECT s.id, s.account_id, a.admin, t.used_at IS NOT NULL FROM refresh_tokens t "
                "JOIN sessions s ON s.id = t.session_id JOIN accounts a ON a.id = s.account_id "
                "WHERE t.hash = $1 AND s.expires_at > $2 AND a.erased_at IS NULL",
                {presented, now}, [&](const stores::Row& row) {
                  found = {.account = row.AsId<AccountId>(1),
                           .admin = row.Bool(2),
                           .session = static_cast<std::uint64_t>(row.Int(0)),
                           .reused = row.Bool(3),
                           .access_until = {}};
                }));
            if (found.session == 0) return InvalidRefreshToken();
            if (found.reused) {
              ASSIGN_OR_RETURN(found.access_until, RemoveSession(tx, found.session, now));
              return found;
            }
            RETURN_IF_ERROR(tx.Execute("UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1",
                                       {presented, now}));
            RETURN_IF_ERROR(tx.Execute(
                "UPDATE sessions SET expires_at = $2, access_until = CASE WHEN access_until > $3 "
                "THEN access_until ELSE $3 END WHERE id = $1",
                {found.session, now + options_.refresh_token_lifetime, access_until}));
            RETURN_IF_ERROR(AddRefreshToken(tx, next.hash, found.session));
            return found;
          },
          deadline));
  if (owner.reused) {
    CO_RETURN_IF_ERROR(revocations_.Revoke(owner.session, owner.access_until));
    co_return InvalidRefreshToken();
  }
  co_return Issue(owner.account, owner.admin, owner.session, std::move(next.text));
}

Awaitable<Result<>> AccountsService::EndSession(std::uint64_t session, Timestamp expires_at,
                                                Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const Timestamp access_until,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) { return RemoveSession(tx, session, expires_at); },
          deadline));
  co_return revocations_.Revoke(session, access_until);
}

Awaitable<Result<>> AccountsService::Purge(Deadline deadline) {
  const Timestamp now = clock_.Now();
  const auto purge = [&](stores::Transaction& tx) -> Result<std::int64_t> {
    ASSIGN_OR_RETURN(std::int64_t gone,
                     tx.Execute("DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM "
                                "refresh_tokens WHERE used_at < $1 LIMIT $2)",
                                {now - kUsedTokenMemory, kPurgedAtOnce}));
    ASSIGN_OR_RETURN(const auto tokens,
                     tx.Execute("DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM "
                                "sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
                                {now, kPurgedAtOnce}));
    ASSIGN_OR_RETURN(const auto sessions,
                     tx.Execute("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions "
                                "WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
                                {now, kPurgedAtOnce}));
    ASSIGN_OR_RETURN(const auto refused,
                     tx.Execute("DELETE FROM refused_sessions WHERE id IN (SELECT id FROM "
                                "refused_sessions WHERE access_until < $1 LIMIT $2)",
                                {now - net::kClockLeeway, kPurgedAtOnce}));
    return gone + tokens + sessions + refused;
  };
  for (;;) {
    CO_ASSIGN_OR_RETURN(const std::int64_t gone,
                        co_await stores::WriteReturning(database_, purge, deadline));
    if (gone < kPurgedAtOnce) co_return Result<>();
  }
}

Awaitable<Result<Session>> AccountsService::OpenSession(AccountId account, bool admin,
                                                        Deadline deadline) {
  const std::uint64_t session = ids_.Next();
  const Timestamp now = clock_.Now();
  RefreshToken refresh_token = MakeRefreshToken();
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("INSERT INTO sessions (id, account_id, expires_at, access_until) "
                       "VALUES ($1, $2, $3, $4)",
                       {session, account, now + options_.refresh_token_lifetime,
                        now + options_.access_token_lifetime}));
        return AddRefreshToken(tx, refresh_token.hash, session);
      },
      deadline));
  co_return Issue(account, admin, session, std::move(refresh_token.text));
}

Result<Session> AccountsService::Issue(AccountId account, bool admin, std::uint64_t session,
                                       std::string refresh_token) const {
  const Duration lifetime = options_.access_token_lifetime;
  ASSIGN_OR_RETURN(auto access, tokens_.IssueAccess(account, session, ScopesOf(admin), lifetime));
  return Session{.access_token = std::move(access.token),
                 .refresh_token = std::move(refresh_token),
                 .expires_in = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count(),
                 .account = {}};
}

Awaitable<Result<Account>> AccountsService::Show(AccountId viewer, AccountId id,
                                                 Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto account, co_await profiles_.Find(id, deadline));
  CO_RETURN_IF_ERROR(co_await standings_.Complete(viewer, {&account, 1}, deadline));
  co_return account;
}

Awaitable<Result<Account>> AccountsService::ShowByUsername(AccountId viewer, std::string username,
                                                           Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto account,
                      co_await profiles_.FindByUsername(std::move(username), deadline));
  CO_RETURN_IF_ERROR(co_await standings_.Complete(viewer, {&account, 1}, deadline));
  co_return account;
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
