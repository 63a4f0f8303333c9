#include "services/accounts/sessions.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"
#include "base/utf8.h"
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
constexpr std::size_t kUserAgentBytes = 300;
// Tokens that may be made of one whose answers were lost.
constexpr std::int64_t kMostSuccessors = 32;
constexpr std::string_view kSessionsCursor = "sessions";

net::Scopes ScopesOf(bool admin) {
  net::Scopes scopes{net::Scope::kRead, net::Scope::kWrite};
  if (admin) scopes.Add(net::Scope::kAdmin);
  return scopes;
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

Result<> AddRefreshToken(stores::Transaction& tx, const std::string& hash, std::uint64_t session,
                         std::optional<std::string_view> parent) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO refresh_tokens (hash, session_id, parent) VALUES ($1, $2, $3)",
                 {hash, session, parent}));
  return {};
}

Result<> AnnounceEnd(stores::Transaction& tx, AccountId account, std::uint64_t session) {
  return stores::AddToOutbox(
      tx, kAccountsTopic, std::to_string(account.value),
      net::ToJson(SessionEnded{.account_id = account, .session_id = {session}}));
}

// Returns when the last access token of the session expires.
Result<Timestamp> RemoveSession(stores::Transaction& tx, std::uint64_t session,
                                Timestamp expires_at) {
  AccountId account;
  RETURN_IF_ERROR(tx.Query("SELECT access_until, account_id FROM sessions WHERE id = $1", {session},
                           [&](const stores::Row& row) {
                             expires_at = std::max(expires_at, row.Time(0));
                             account = row.AsId<AccountId>(1);
                           }));
  if (account) RETURN_IF_ERROR(AnnounceEnd(tx, account, session));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM refresh_tokens WHERE session_id = $1", {session}));
  RETURN_IF_ERROR(tx.Execute("DELETE FROM sessions WHERE id = $1", {session}));
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO refused_sessions (id, access_until) VALUES ($1, $2) "
                 "ON CONFLICT (id) DO NOTHING",
                 {session, expires_at}));
  return expires_at;
}

// A refresh token that somebody presents.
struct Presented {
  AccountId account;
  bool admin = false;
  std::uint64_t session = 0;  // 0: there is no such token
  bool used = false;
  std::string parent;
};

Result<Presented> FindToken(stores::Transaction& tx, const std::string& hash, Timestamp now) {
  Presented token;
  RETURN_IF_ERROR(tx.Query(
      "SELECT s.id, s.account_id, a.admin, t.used_at IS NOT NULL, t.parent FROM refresh_tokens t "
      "JOIN sessions s ON s.id = t.session_id JOIN accounts a ON a.id = s.account_id "
      "WHERE t.hash = $1 AND s.expires_at > $2 AND a.erased_at IS NULL",
      {hash, now}, [&](const stores::Row& row) {
        token = {.account = row.AsId<AccountId>(1),
                 .admin = row.Bool(2),
                 .session = static_cast<std::uint64_t>(row.Int(0)),
                 .used = row.Bool(3),
                 .parent = std::string(row.Text(4))};
      }));
  return token;
}

// Whether nobody has got to know what became of this token.
Result<bool> AnswerWasLost(stores::Transaction& tx, const std::string& hash) {
  std::int64_t successors = 0;
  std::int64_t used = 0;
  RETURN_IF_ERROR(tx.Query("SELECT count(*), count(used_at) FROM refresh_tokens WHERE parent = $1",
                           {hash}, [&](const stores::Row& row) {
                             successors = row.Int(0);
                             used = row.Int(1);
                           }));
  return used == 0 && successors > 0 && successors < kMostSuccessors;
}

// The token is used, and with it those that were made for the same lost answer: who comes with one
// of them has a copy.
Result<> MarkUsed(stores::Transaction& tx, const std::string& hash, const std::string& parent,
                  Timestamp now) {
  RETURN_IF_ERROR(
      tx.Execute("UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1", {hash, now}));
  if (parent.empty()) return {};
  RETURN_IF_ERROR(
      tx.Execute("UPDATE refresh_tokens SET used_at = $2 WHERE parent = $1 AND used_at IS NULL",
                 {parent, now}));
  return {};
}

// Returns false when this token is a copy: it was used, and the answer has come.
Result<bool> Use(stores::Transaction& tx, const std::string& hash, const Presented& token,
                 Timestamp now) {
  if (token.used) return AnswerWasLost(tx, hash);
  RETURN_IF_ERROR(MarkUsed(tx, hash, token.parent, now));
  return true;
}

std::string ShortUserAgent(std::string_view sent) {
  std::string text = ToValidUtf8(sent.substr(0, kUserAgentBytes));
  std::erase(text, '\0');
  return text;
}

}  // namespace

Sessions::Sessions(const AccountsOptions& options, stores::Database& database,
                   const net::TokenIssuer& tokens, net::SessionRevocations& revocations,
                   const net::CursorCodec& cursors, IdGenerator& ids, const Clock& clock)
    : options_(options),
      database_(database),
      tokens_(tokens),
      revocations_(revocations),
      cursors_(cursors),
      ids_(ids),
      clock_(clock) {}

Awaitable<Result<>> Sessions::Start(Deadline deadline) {
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

Awaitable<Result<Session>> Sessions::Open(AccountId account, bool admin, SessionOrigin origin,
                                          Deadline deadline) {
  const std::uint64_t session = ids_.Next();
  const Timestamp now = clock_.Now();
  const std::string user_agent = ShortUserAgent(origin.user_agent);
  RefreshToken refresh_token = MakeRefreshToken();
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "INSERT INTO sessions (id, account_id, expires_at, access_until, last_used_at, "
            "address, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            {session, account, now + options_.refresh_token_lifetime,
             now + options_.access_token_lifetime, now, origin.address, user_agent}));
        return AddRefreshToken(tx, refresh_token.hash, session, std::nullopt);
      },
      deadline));
  co_return Issue(account, admin, session, std::move(refresh_token.text));
}

Awaitable<Result<RenewedSession>> Sessions::Refresh(std::string refresh_token, SessionOrigin origin,
                                                    Deadline deadline) {
  const auto digest = net::HashRefreshToken(refresh_token);
  if (!digest) co_return InvalidRefreshToken();
  const std::string hash = EncodeHex(AsBytes(*digest));
  const std::string user_agent = ShortUserAgent(origin.user_agent);
  RefreshToken next = MakeRefreshToken();
  const Timestamp now = clock_.Now();
  std::optional<EndedSession> ended;
  CO_ASSIGN_OR_RETURN(
      const Presented token,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<Presented> {
            ended.reset();
            ASSIGN_OR_RETURN(Presented found, FindToken(tx, hash, now));
            if (found.session == 0) return InvalidRefreshToken();
            ASSIGN_OR_RETURN(const bool may_go_on, Use(tx, hash, found, now));
            if (!may_go_on) {
              ASSIGN_OR_RETURN(const auto until, RemoveSession(tx, found.session, now));
              ended = {.id = found.session, .access_until = until};
              return found;
            }
            RETURN_IF_ERROR(tx.Execute(
                "UPDATE sessions SET expires_at = $2, access_until = CASE WHEN access_until > $3 "
                "THEN access_until ELSE $3 END, last_used_at = $4, address = $5, user_agent = $6 "
                "WHERE id = $1",
                {found.session, now + options_.refresh_token_lifetime,
                 now + options_.access_token_lifetime, now, origin.address, user_agent}));
            RETURN_IF_ERROR(AddRefreshToken(tx, next.hash, found.session, hash));
            return found;
          },
          deadline));
  if (ended) {
    CO_RETURN_IF_ERROR(Refuse({&*ended, 1}));
    co_return InvalidRefreshToken();
  }
  CO_ASSIGN_OR_RETURN(auto session,
                      Issue(token.account, token.admin, token.session, std::move(next.text)));
  co_return RenewedSession{.account = token.account, .session = std::move(session)};
}

Awaitable<Result<bool>> Sessions::IsOf(std::uint64_t session, std::string refresh_token,
                                       Deadline deadline) {
  const auto digest = net::HashRefreshToken(refresh_token);
  if (!digest) co_return false;
  const std::string hash = EncodeHex(AsBytes(*digest));
  bool found = false;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) {
        return tx.Query("SELECT 1 FROM refresh_tokens WHERE hash = $1 AND session_id = $2",
                        {hash, session}, [&](const stores::Row&) { found = true; });
      },
      deadline));
  co_return found;
}

Awaitable<Result<net::Page<SessionInfo>>> Sessions::Of(AccountId account, std::uint64_t current,
                                                       net::PageQuery query, Deadline deadline) {
  std::uint64_t before = kMaxIdValue;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, cursors_.Decode(kSessionsCursor, *query.cursor));
    if (values.size() != 1)
      co_return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
    before = values.front();
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  net::Page<SessionInfo> page;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) -> Result<> {
        page.items.clear();
        return tx.Query(
            "SELECT id, last_used_at, address, user_agent FROM sessions WHERE account_id = $1 "
            "AND id < $2 AND expires_at > $3 ORDER BY id DESC LIMIT $4",
            {account, before, clock_.Now(), limit + 1}, [&](const stores::Row& row) {
              const auto id = row.AsId<SessionId>(0);
              page.items.push_back({.id = id,
                                    .created_at = IdTime(id.value),
                                    .last_used_at = row.Time(1),
                                    .address = std::string(row.Text(2)),
                                    .user_agent = std::string(row.Text(3)),
                                    .current = id.value == current});
            });
      },
      deadline));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = cursors_.Encode(kSessionsCursor, {page.items.back().id.value});
  }
  co_return page;
}

Awaitable<Result<>> Sessions::End(std::uint64_t session, Timestamp expires_at, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const Timestamp access_until,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) { return RemoveSession(tx, session, expires_at); },
          deadline));
  co_return revocations_.Revoke(session, access_until);
}

Awaitable<Result<>> Sessions::EndOf(AccountId account, SessionId session, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const Timestamp access_until,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<Timestamp> {
            bool own = false;
            RETURN_IF_ERROR(tx.Query("SELECT 1 FROM sessions WHERE id = $1 AND account_id = $2",
                                     {session, account}, [&](const stores::Row&) { own = true; }));
            if (!own) return NotFound("You have no such session; it may have ended.");
            return RemoveSession(tx, session.value, clock_.Now());
          },
          deadline));
  co_return revocations_.Revoke(session.value, access_until);
}

Awaitable<Result<>> Sessions::EndOthers(AccountId account, std::uint64_t kept, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const auto ended,
      co_await stores::WriteReturning(
          database_, [&](stores::Transaction& tx) { return RemoveOthers(tx, account, kept); },
          deadline));
  co_return Refuse(ended);
}

Result<std::vector<EndedSession>> Sessions::RemoveOthers(stores::Transaction& tx, AccountId account,
                                                         std::uint64_t kept) const {
  std::vector<EndedSession> ended;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, access_until FROM sessions WHERE account_id = $1 "
               "AND id <> $2",
               {account, kept}, [&](const stores::Row& row) {
                 ended.push_back(
                     {.id = static_cast<std::uint64_t>(row.Int(0)), .access_until = row.Time(1)});
               }));
  for (auto& session : ended) {
    ASSIGN_OR_RETURN(session.access_until, RemoveSession(tx, session.id, session.access_until));
  }
  return ended;
}

Result<> Sessions::Refuse(std::span<const EndedSession> ended) {
  for (const auto& session : ended) {
    RETURN_IF_ERROR(revocations_.Revoke(session.id, session.access_until));
  }
  return {};
}

Awaitable<Result<>> Sessions::Purge(Deadline deadline) {
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
    std::vector<std::pair<AccountId, std::uint64_t>> expired;
    RETURN_IF_ERROR(tx.Query(
        "SELECT account_id, id FROM sessions WHERE expires_at < $1 "
        "ORDER BY expires_at LIMIT $2",
        {now, kPurgedAtOnce}, [&](const stores::Row& row) {
          expired.emplace_back(row.AsId<AccountId>(0), static_cast<std::uint64_t>(row.Int(1)));
        }));
    for (const auto& [account, session] : expired) {
      RETURN_IF_ERROR(AnnounceEnd(tx, account, session));
    }
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

Result<Session> Sessions::Issue(AccountId account, bool admin, std::uint64_t session,
                                std::string refresh_token) const {
  const Duration lifetime = options_.access_token_lifetime;
  ASSIGN_OR_RETURN(auto access, tokens_.IssueAccess(account, session, ScopesOf(admin), lifetime));
  return Session{.access_token = std::move(access.token),
                 .refresh_token = std::move(refresh_token),
                 .expires_in = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count(),
                 .account = {}};
}

}  // namespace freshet::accounts
