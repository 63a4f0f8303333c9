// The address of an account: who may know it, and whether it is theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/api/cursor.h"
#include "net/mail/mailer.h"
#include "services/accounts/api.h"
#include "services/accounts/options.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// In the transaction that gives `account` another address: has it asked for confirmation, as soon
// as that is allowed again.
Result<> AskForConfirmation(stores::Transaction& tx, AccountId account, Timestamp now,
                            Duration interval);

// What Emails stands on. All must outlive it.
struct EmailsParts {
  stores::Database& database;
  const net::CursorCodec& cursors;
  net::Mailer* mailer;  // null: no mail is sent
  const Clock& clock;
  Logger& logger;
};

// Thread-safe. An address counts when somebody has followed the link that was mailed to it. A
// confirmation is asked for at most once per interval and account, so that nobody's letter-box can
// be filled from here; a mail whose outcome is unknown is not repeated.
class Emails final : public EmailReads {
 public:
  Emails(const AccountsOptions& options, EmailsParts parts, Metrics& metrics);

  Awaitable<Result<std::optional<std::string>>> ConfirmedAddress(AccountId account,
                                                                 Deadline deadline) override;

  // Mails the link once more. Errors: kConflict (code "email_missing", "email_confirmed"),
  // kUnavailable (code "mail_off": this server sends no mail).
  Awaitable<Result<>> AskAgain(AccountId account, Deadline deadline);
  // Errors: kInvalid (the link is old, or of another address than the account has now).
  Awaitable<Result<>> Confirm(std::string token, Deadline deadline);

  // Mails what is due until `stop` is requested. Run it once, and only where there is a mailer.
  Awaitable<> Run(std::stop_token stop);

 private:
  struct Due {
    AccountId account;
    std::string address;
    std::string username;
    Timestamp since;
    std::int64_t attempts = 0;
  };
  Awaitable<Result<bool>> SendOne();
  Awaitable<Result<std::optional<Due>>> Claim(Deadline deadline);
  net::MailMessage Write(const Due& due) const;
  Deadline Soon() const;

  const AccountsOptions options_;
  const EmailsParts parts_;
  Counter sent_;
  Counter failed_;
};

}  // namespace freshet::accounts
