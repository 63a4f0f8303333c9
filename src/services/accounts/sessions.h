// What keeps people signed in: sessions, their refresh tokens, and how they end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "net/auth/session_revocations.h"
#include "net/auth/token_authenticator.h"
#include "services/accounts/options.h"
#include "services/accounts/session_types.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// From where somebody signs in.
struct SessionOrigin {
  std::string address;
  std::string user_agent;  // as sent
};

// A session that goes on, and whose it is.
struct RenewedSession {
  AccountId account;
  Session session;
};

// A session and until when its access tokens work.
struct EndedSession {
  std::uint64_t id = 0;
  Timestamp access_until;
};

// Thread-safe.
class Sessions {
 public:
  Sessions(const AccountsOptions& options, stores::Database& database,
           const net::TokenIssuer& tokens, net::SessionRevocations& revocations,
           const net::CursorCodec& cursors, IdGenerator& ids, const Clock& clock);

  // Loads the sessions that were ended lately, so that their access tokens stay refused after a
  // restart.
  Awaitable<Result<>> Start(Deadline deadline);

  Awaitable<Result<Session>> Open(AccountId account, bool admin, SessionOrigin origin,
                                  Deadline deadline);
  // Trades a refresh token for a new pair. A token whose answer was lost may be used again while
  // none that came of it was used; afterwards using it ends the whole session: somebody has a copy.
  // Errors: kUnauthenticated (code "invalid_refresh_token").
  Awaitable<Result<RenewedSession>> Refresh(std::string refresh_token, SessionOrigin origin,
                                            Deadline deadline);

  // Whether the refresh token is, or was, one of the session's.
  Awaitable<Result<bool>> IsOf(std::uint64_t session, std::string refresh_token, Deadline deadline);

  // Of a refresh token that is issued now.
  Duration refresh_token_lifetime() const { return options_.refresh_token_lifetime; }

  // Newest first. `current` is the caller's. Errors: kInvalid (the cursor).
  Awaitable<Result<net::Page<SessionInfo>>> Of(AccountId account, std::uint64_t current,
                                               net::PageQuery query, Deadline deadline);

  // Each refuses the session's tokens from now on, also after a restart. Idempotent.
  // An access token of it that is valid until `expires_at`, and all that came of its refresh
  // tokens:
  Awaitable<Result<>> End(std::uint64_t session, Timestamp expires_at, Deadline deadline);
  // Errors: kNotFound (`account` has no such session).
  Awaitable<Result<>> EndOf(AccountId account, SessionId session, Deadline deadline);
  Awaitable<Result<>> EndOthers(AccountId account, std::uint64_t kept, Deadline deadline);

  // For transactions of others: ends all sessions of `account` but `kept`. After the commit, Refuse
  // what it returned.
  Result<std::vector<EndedSession>> RemoveOthers(stores::Transaction& tx, AccountId account,
                                                 std::uint64_t kept) const;
  Result<> Refuse(std::span<const EndedSession> ended);

  // Forgets what has expired, in transactions of a thousand rows.
  Awaitable<Result<>> Purge(Deadline deadline);

 private:
  Result<Session> Issue(AccountId account, bool admin, std::uint64_t session,
                        std::string refresh_token) const;

  const AccountsOptions options_;
  stores::Database& database_;
  const net::TokenIssuer& tokens_;
  net::SessionRevocations& revocations_;
  const net::CursorCodec& cursors_;
  IdGenerator& ids_;
  const Clock& clock_;
};

}  // namespace freshet::accounts
