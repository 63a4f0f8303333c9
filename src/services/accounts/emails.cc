#include "services/accounts/emails.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/retry.h"
#include "base/text.h"

namespace freshet::accounts {
namespace {

constexpr Duration kCallDeadline{30'000};
constexpr std::string_view kTokenKind = "confirmation of an e-mail address";
constexpr Duration kLinkLife{3 * 24 * 3'600'000LL};
// What could not be mailed for so long nobody waits for any more.
constexpr Duration kWorthSending{24 * 3'600'000LL};
constexpr std::int64_t kAttempts = 8;
constexpr RetryPolicy kRetries{.base_delay = Duration(30'000), .max_delay = Duration(3'600'000)};

// So that a link confirms the address that it was sent to and no later one.
std::uint64_t DigestOf(std::string_view address) {
  const auto digest = Sha256(ToLower(address));
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value = value << 8 | static_cast<unsigned char>(digest[static_cast<std::size_t>(i)]);
  }
  return value;
}

Failure BadLink() {
  return Invalid(
      "This link is too old, or for another address than the account has now; ask for a new one.",
      "invalid_confirmation");
}

}  // namespace

Result<> AskForConfirmation(stores::Transaction& tx, AccountId account, Timestamp now,
                            Duration interval) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO email_confirmations (account_id, due_at, asked_at) "
                 "VALUES ($1, $2, $2) ON CONFLICT (account_id) DO UPDATE SET asked_at = $2, "
                 "attempts = 0, due_at = CASE WHEN email_confirmations.sent_at + $3 > $2 "
                 "THEN email_confirmations.sent_at + $3 ELSE $2 END",
                 {account, now, interval.count()}));
  return {};
}

Emails::Emails(const AccountsOptions& options, EmailsParts parts, Metrics& metrics)
    : options_(options),
      parts_(parts),
      sent_(metrics.GetCounter("freshet_email_confirmations_sent_total",
                               "Mails that ask whether an address is right")),
      failed_(metrics.GetCounter("freshet_email_confirmations_failed_total",
                                 "Attempts at them that failed")) {}

Awaitable<Result<std::optional<std::string>>> Emails::ConfirmedAddress(AccountId account,
                                                                       Deadline deadline) {
  co_return co_await stores::ReadReturning(
      parts_.database,
      [&](stores::Transaction& tx) -> Result<std::optional<std::string>> {
        std::optional<std::string> address;
        RETURN_IF_ERROR(
            tx.Query("SELECT email FROM accounts WHERE id = $1 AND email IS NOT NULL "
                     "AND email_confirmed = 1 AND erased_at IS NULL",
                     {account}, [&](const stores::Row& row) { address.emplace(row.Text(0)); }));
        return address;
      },
      deadline);
}

Awaitable<Result<>> Emails::AskAgain(AccountId account, Deadline deadline) {
  if (!parts_.mailer) {
    co_return Unavailable("This server sends no mail; its operator can name a server for it.",
                          "mail_off");
  }
  co_return co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        bool missing = true;
        bool confirmed = false;
        RETURN_IF_ERROR(
            tx.Query("SELECT email_confirmed FROM accounts WHERE id = $1 AND email IS NOT NULL",
                     {account}, [&](const stores::Row& row) {
                       missing = false;
                       confirmed = row.Bool(0);
                     }));
        if (missing) {
          return Conflict("The account has no address; set one with PATCH /v1/me.",
                          "email_missing");
        }
        if (confirmed) return Conflict("The address is confirmed already.", "email_confirmed");
        return AskForConfirmation(tx, account, parts_.clock.Now(),
                                  options_.email_confirmation_interval);
      },
      deadline);
}

Awaitable<Result<>> Emails::Confirm(std::string token, Deadline deadline) {
  const auto values = parts_.cursors.Decode(kTokenKind, token);
  if (!values || values->size() != 3) co_return BadLink();
  const auto [account, digest, expires] = std::tie((*values)[0], (*values)[1], (*values)[2]);
  const auto now = static_cast<std::uint64_t>(parts_.clock.Now().time_since_epoch().count());
  if (now > expires) co_return BadLink();
  co_return co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        bool right = false;
        RETURN_IF_ERROR(tx.Query(
            "SELECT email FROM accounts WHERE id = $1 AND email IS NOT NULL "
            "AND erased_at IS NULL",
            {account}, [&](const stores::Row& row) { right = DigestOf(row.Text(0)) == digest; }));
        if (!right) return BadLink();
        RETURN_IF_ERROR(
            tx.Execute("UPDATE accounts SET email_confirmed = 1 WHERE id = $1", {account}));
        RETURN_IF_ERROR(
            tx.Execute("DELETE FROM email_confirmations WHERE account_id = $1", {account}));
        return {};
      },
      deadline);
}

Awaitable<> Emails::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto sent = co_await SendOne();
    if (!sent) {
      parts_.logger.Warn("Confirmations of addresses wait: the database did not answer",
                         {{"error", sent.error().ToString()}});
    }
    if (sent && *sent) continue;
    if (!co_await Sleep(options_.email_poll_interval, stop)) co_return;
  }
}

Awaitable<Result<std::optional<Emails::Due>>> Emails::Claim(Deadline deadline) {
  const Timestamp now = parts_.clock.Now();
  const auto read = [&](stores::Transaction& tx) -> Result<std::optional<Due>> {
    std::optional<Due> due;
    RETURN_IF_ERROR(
        tx.Query("SELECT a.id, a.email, a.username, c.asked_at, c.attempts "
                 "FROM email_confirmations c JOIN accounts a ON a.id = c.account_id "
                 "WHERE c.due_at <= $1 AND a.email IS NOT NULL AND a.email_confirmed = 0 "
                 "AND a.erased_at IS NULL ORDER BY c.due_at LIMIT 1",
                 {now}, [&](const stores::Row& row) {
                   due = Due{.account = row.AsId<AccountId>(0),
                             .address = std::string(row.Text(1)),
                             .username = std::string(row.Text(2)),
                             .since = row.Time(3),
                             .attempts = row.Int(4)};
                 }));
    return due;
  };
  CO_ASSIGN_OR_RETURN(const auto any,
                      co_await stores::ReadReturning(parts_.database, read, deadline));
  if (!any) co_return std::nullopt;
  co_return co_await stores::WriteReturning(
      parts_.database,
      [&](stores::Transaction& tx) -> Result<std::optional<Due>> {
        ASSIGN_OR_RETURN(auto due, read(tx));
        // Noted as sent before it is: after a crash nobody gets it twice, and the interval holds.
        if (due) {
          RETURN_IF_ERROR(tx.Execute(
              "UPDATE email_confirmations SET due_at = NULL, sent_at = $2, attempts = attempts + 1 "
              "WHERE account_id = $1",
              {due->account, now}));
        }
        return due;
      },
      deadline);
}

Awaitable<Result<bool>> Emails::SendOne() {
  CO_ASSIGN_OR_RETURN(const auto due, co_await Claim(Soon()));
  if (!due) co_return false;
  if (parts_.clock.Now() - due->since > kWorthSending) co_return true;
  const auto sent = co_await parts_.mailer->Send(Write(*due));
  (sent ? sent_ : failed_).Add();
  if (sent) co_return true;
  parts_.logger.Warn("A confirmation could not be mailed", {{"error", sent.error().ToString()}});
  if (sent.error().kind() == ErrorKind::kInvalid || sent.error().code() == "mail_outcome_unknown" ||
      due->attempts + 1 >= kAttempts) {
    co_return true;
  }
  const Timestamp again =
      parts_.clock.Now() + BackoffDelay(kRetries, due->attempts + 1, RandomUnit());
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "UPDATE email_confirmations SET due_at = $2, sent_at = NULL WHERE account_id = $1 "
            "AND due_at IS NULL",
            {due->account, again}));
        return {};
      },
      Soon()));
  co_return true;
}

// Names nothing that whoever typed the address could have written: this mail goes to strangers.
net::MailMessage Emails::Write(const Due& due) const {
  const Timestamp now = parts_.clock.Now();
  const auto expires = static_cast<std::uint64_t>((now + kLinkLife).time_since_epoch().count());
  const std::string link = parts_.mailer->Link(
      "/v1/email/confirmation?token=" +
      parts_.cursors.Encode(kTokenKind, {due.account.value, DigestOf(due.address), expires}));
  net::MailMessage message{.to = due.address, .subject = "Is this address yours?"};
  message.text = fmt::format(
      "Somebody, hopefully you, gave this address to the account {} of {}. Open this link "
      "within three days to confirm that it is yours:\n\n{}\n\nIf it was not you, do nothing: "
      "nothing else comes to an address that is not confirmed.\n",
      due.username, parts_.mailer->Link(""), link);
  message.html = fmt::format(
      "<!doctype html><html lang=\"en\"><body><p>Somebody, hopefully you, gave "
      "this address to the account {} of {}. Follow this link within three days to confirm that it "
      "is "
      "yours:</p><p><a href=\"{}\">Confirm the address</a></p><p>If it was not you, do nothing: "
      "nothing else comes to an address that is not confirmed.</p></body></html>\n",
      due.username, net::EscapeHtml(parts_.mailer->Link("")), net::EscapeHtml(link));
  message.id = fmt::format("confirmation.{}.{}", due.account.value, now.time_since_epoch().count());
  return message;
}

Deadline Emails::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

}  // namespace freshet::accounts
