// Signing up, signing in, and staying signed in.
#pragma once

#include <optional>
#include <string>

#include "base/async.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/auth/oidc.h"
#include "net/auth/password.h"
#include "net/auth/session_revocations.h"
#include "net/auth/token_authenticator.h"
#include "services/accounts/api.h"
#include "services/accounts/types.h"
#include "stores/database/database.h"
#include "stores/database/operations.h"

namespace freshet::accounts {

struct AccountsOptions {
  Duration access_token_lifetime{15 * 60'000};
  Duration refresh_token_lifetime{90 * 24 * 3'600'000LL};

  static constexpr auto Describe() {
    return Description("accounts", "Accounts and sessions.",
                       Field("access_token_lifetime", &AccountsOptions::access_token_lifetime)
                           .Unit("ms")
                           .Range(10'000, 8.64e7)
                           .Doc("How long an access token works. A session that is ended is "
                                "refused at once all the same."),
                       Field("refresh_token_lifetime", &AccountsOptions::refresh_token_lifetime)
                           .Unit("ms")
                           .Range(60'000, 3.2e10)
                           .Doc("How long a session lasts without being used."));
  }
};

// An account that is brought in from elsewhere.
struct BulkAccount {
  std::string username;  // valid, in lower case
  std::string display_name;
  std::string bio;
};

// Thread-safe.
class AccountsService final : public net::ExternalAccounts {
 public:
  AccountsService(AccountsOptions options, stores::Database& database, Profiles& profiles,
                  AccountStandings& standings, net::PasswordHasher& passwords,
                  const net::TokenIssuer& tokens, net::SessionRevocations& revocations,
                  IdGenerator& ids, const Clock& clock);

  // Loads the sessions that were ended lately, so that their access tokens stay refused after a
  // restart.
  Awaitable<Result<>> Start(Deadline deadline);

  // `operation` makes a repeated request find the account that the first one made.
  // Errors: kConflict (code "username_taken").
  Awaitable<Result<SignedUp>> SignUpAccount(SignUp request, std::optional<OperationKey> operation,
                                            Deadline deadline);
  // Errors: kUnauthenticated (code "wrong_credentials"), the same and as slow for names that do not
  // exist.
  Awaitable<Result<Session>> SignInAccount(SignIn request, Deadline deadline);
  // Trades a refresh token for a new pair. A token that was used before ends the whole session:
  // somebody has a copy. Errors: kUnauthenticated (code "invalid_refresh_token").
  Awaitable<Result<Session>> Refresh(std::string refresh_token, Deadline deadline);
  // Refuses the session's tokens from now on, also after a restart: an access token of it that is
  // valid until `expires_at`, and all that were made from its refresh tokens. Idempotent.
  Awaitable<Result<>> EndSession(std::uint64_t session, Timestamp expires_at, Deadline deadline);
  // Forgets what has expired, in transactions of a thousand rows.
  Awaitable<Result<>> Purge(Deadline deadline);

  // As the account's page shows it to `viewer` (0: anybody). Errors: kNotFound.
  Awaitable<Result<Account>> Show(AccountId viewer, AccountId id, Deadline deadline);
  Awaitable<Result<Account>> ShowByUsername(AccountId viewer, std::string username,
                                            Deadline deadline);

  // The ids of these accounts, in their order; makes those that are missing, without a password:
  // their people sign in with tokens until one is set.
  Awaitable<Result<std::vector<AccountId>>> Ensure(std::vector<BulkAccount> accounts,
                                                   Deadline deadline);

  Awaitable<Result<bool>> HasAdmin(Deadline deadline);

  // The account of somebody who is signed in elsewhere; made at their first visit, named by chance.
  Awaitable<Result<AccountId>> AccountOf(std::string_view issuer, std::string_view subject,
                                         Deadline deadline) override;

  // The greatest id that an account or session has; 0 when there is none.
  Awaitable<Result<std::uint64_t>> NewestId(Deadline deadline);

  // Errors: kNotFound.
  Awaitable<Result<>> GrantAdmin(std::string username, Deadline deadline);
  // Only while there is no administrator. Errors: kConflict (code "has_admin").
  Awaitable<Result<>> GrantFirstAdmin(std::string username, Deadline deadline);

 private:
  struct StoredAccount;
  Awaitable<Result<Session>> OpenSession(AccountId account, bool admin, Deadline deadline);
  Result<Session> Issue(AccountId account, bool admin, std::uint64_t session,
                        std::string refresh_token) const;

  const AccountsOptions options_;
  stores::Database& database_;
  Profiles& profiles_;
  AccountStandings& standings_;
  net::PasswordHasher& passwords_;
  const net::TokenIssuer& tokens_;
  net::SessionRevocations& revocations_;
  IdGenerator& ids_;
  const Clock& clock_;
};

}  // namespace freshet::accounts
