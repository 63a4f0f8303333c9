// Signing up, signing in, and staying signed in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/id.h"
#include "base/metrics.h"
#include "net/api/cursor.h"
#include "net/auth/oidc.h"
#include "net/auth/password.h"
#include "net/auth/session_revocations.h"
#include "net/auth/token_authenticator.h"
#include "services/accounts/api.h"
#include "services/accounts/last_active.h"
#include "services/accounts/options.h"
#include "services/accounts/profile_editor.h"
#include "services/accounts/search.h"
#include "services/accounts/session_types.h"
#include "services/accounts/sessions.h"
#include "services/accounts/sign_in_throttle.h"
#include "services/accounts/types.h"
#include "stores/database/database.h"
#include "stores/database/operations.h"

namespace freshet::accounts {

// What accounts stands on. All must outlive it.
struct AccountsParts {
  stores::Database& database;
  Profiles& profiles;
  AccountStandings& standings;
  net::PasswordHasher& passwords;
  const net::TokenIssuer& tokens;
  net::SessionRevocations& revocations;
  const net::CursorCodec& cursors;
  IdGenerator& ids;
  const Clock& clock;
  Metrics& metrics;
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
  AccountsService(const AccountsOptions& options, const SignInThrottleOptions& throttle,
                  AccountsParts parts);

  Sessions& sessions() { return sessions_; }
  ProfileEditor& editor() { return editor_; }
  AccountSearch& search() { return search_; }
  LastActive& last_active() { return last_active_; }

  // As Sessions::Start; and the tokens of accounts that were erased stay refused.
  Awaitable<Result<>> Start(Deadline deadline);

  // `operation` makes a repeated request find the account that the first one made.
  // Errors: kConflict (code "username_taken").
  Awaitable<Result<SignedUp>> SignUpAccount(SignUp request, std::optional<OperationKey> operation,
                                            SessionOrigin origin, Deadline deadline);
  // Errors: kUnauthenticated (code "wrong_credentials"), the same and as slow for names that do not
  // exist; kExhausted (code "quota_sign_in": there were too many wrong passwords).
  Awaitable<Result<Session>> SignInAccount(SignIn request, SessionOrigin origin, Deadline deadline);
  // As Sessions::Refresh; the answer names the account where it can be read in time.
  Awaitable<Result<Session>> RenewSession(std::string refresh_token, SessionOrigin origin,
                                          Deadline deadline);
  // Ends all sessions but `kept`. What was done already may be asked for again.
  // Errors: kForbidden (code "wrong_password"), kExhausted (code "quota_sign_in").
  Awaitable<Result<>> SetPassword(AccountId account, std::uint64_t kept, ChangePassword request,
                                  Deadline deadline);

  // From the moment of its return the account is gone for everybody; Erasures removes the rest.
  // Errors: as SetPassword.
  Awaitable<Result<>> Erase(AccountId account, std::optional<std::string> password,
                            Deadline deadline);

  // Who looks at an account.
  struct Viewer {
    AccountId account;  // none: anybody
    bool admin = false;
  };
  // As the account's page shows it. Errors: kNotFound.
  Awaitable<Result<Account>> Show(Viewer viewer, AccountId id, Deadline deadline);
  Awaitable<Result<Account>> ShowByUsername(Viewer viewer, std::string username, Deadline deadline);

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
  struct Credentials;
  // The hash of the account's password; empty where there is none. Errors: kNotFound.
  Awaitable<Result<std::string>> PasswordHash(AccountId account, Deadline deadline);
  Awaitable<Result<std::optional<Credentials>>> FindCredentials(std::string username,
                                                                std::string address,
                                                                Deadline deadline);
  // Lets somebody who is signed in do what takes their password. Errors: kForbidden, kExhausted.
  Awaitable<Result<>> CheckPassword(AccountId account, std::string password, std::string hash);
  // Whether `password` is the one of these credentials; as slow where there are none.
  Awaitable<Result<bool>> IsRight(std::string password,
                                  const std::optional<Credentials>& credentials);

  stores::Database& database_;
  Profiles& profiles_;
  AccountStandings& standings_;
  net::PasswordHasher& passwords_;
  const net::TokenIssuer& tokens_;
  net::SessionRevocations& revocations_;
  IdGenerator& ids_;
  const Clock& clock_;
  const Duration confirmation_interval_;
  SignInThrottle throttle_;
  Sessions sessions_;
  ProfileEditor editor_;
  AccountSearch search_;
  LastActive last_active_;
};

}  // namespace freshet::accounts
