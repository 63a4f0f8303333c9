// Mails about what somebody has not read.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/api/cursor.h"
#include "net/mail/mailer.h"
#include "services/accounts/api.h"
#include "services/notifications/digest_options.h"
#include "services/notifications/inbox.h"
#include "services/notifications/preferences.h"
#include "services/notifications/presenter.h"
#include "stores/database/database.h"

namespace freshet::notifications {

// What digests stand on. All must outlive them.
struct DigestsParts {
  stores::Database& database;
  Inbox& inbox;
  PreferenceStore& preferences;
  Presenter& presenter;
  accounts::EmailReads& emails;
  const net::CursorCodec& cursors;
  net::Mailer& mailer;
  const Clock& clock;
  Logger& logger;
};

// One digest per person and period. Before it is sent, the next period is noted as due, and after
// it was sent, what it told of: so that a crash between the two sends nobody the same digest twice
// in a period, and loses nothing, since the next one tells of it again. A mail that the server
// surely did not take is tried again within the period, with the same Message-ID.
class Digests {
 public:
  Digests(const DigestOptions& options, DigestsParts parts, Metrics& metrics);

  // Sends what is due until `stop` is requested. Run it once.
  Awaitable<> Run(std::stop_token stop);

 private:
  struct Due {
    AccountId account;
    EmailDigest frequency = EmailDigest::kOff;
    Timestamp next;             // period
    std::int64_t attempts = 0;  // this one included
    std::uint64_t told_up_to = 0;
  };
  // What the mail tells of.
  struct Content {
    std::vector<Notification> notifications;
    bool more = false;
    std::uint64_t up_to = 0;
  };
  Awaitable<Result<bool>> SendOne();
  Awaitable<Result<std::optional<Due>>> Claim();
  Awaitable<Result<>> Handle(const Due& due);
  Awaitable<Result<Content>> Collect(const Due& due, const Preferences& preferences);
  net::MailMessage Write(const Due& due, const Content& content, std::string address) const;
  Awaitable<Result<>> Told(const Due& due, std::uint64_t up_to);
  Awaitable<Result<>> TryAgain(const Due& due, Timestamp at, std::int64_t attempts);
  Deadline Soon() const;

  const DigestOptions options_;
  const DigestsParts parts_;
  Counter sent_;
  Counter empty_;
  Counter failed_;
};

// The link at the end of each digest: no sign-in, and for mail programs one click (RFC 8058).
std::string UnsubscribeToken(const net::CursorCodec& cursors, AccountId account);
// Errors: kInvalid (it is no such token).
Result<AccountId> ReadUnsubscribeToken(const net::CursorCodec& cursors, std::string_view token);

}  // namespace freshet::notifications
