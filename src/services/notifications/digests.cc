#include "services/notifications/digests.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/retry.h"
#include "net/json/json_reader.h"
#include "services/notifications/phrases.h"

namespace freshet::notifications {
namespace {

constexpr Duration kCallDeadline{30'000};
constexpr std::size_t kExcerpt = 160;
constexpr std::string_view kTokenKind = "end of digests";

bool SurelyNotTaken(const Error& error) {
  return error.retryable() && error.code() != "mail_outcome_unknown";
}

std::string SubjectOf(const std::vector<Notification>& notifications) {
  std::string first = Headline(notifications.front());
  if (notifications.size() == 1) return first;
  return fmt::format("{}, and {} more", first, notifications.size() - 1);
}

std::string TextOf(const std::vector<Notification>& notifications) {
  std::string text;
  for (const auto& notification : notifications) {
    text += fmt::format("* {}\n", Headline(notification));
    const std::string excerpt = Excerpt(notification, kExcerpt);
    if (!excerpt.empty()) text += fmt::format("  {}\n", excerpt);
  }
  return text;
}

std::string HtmlOf(const std::vector<Notification>& notifications) {
  std::string html = "<ul>\n";
  for (const auto& notification : notifications) {
    html += fmt::format("<li>{}", net::EscapeHtml(Headline(notification)));
    const std::string excerpt = Excerpt(notification, kExcerpt);
    if (!excerpt.empty()) {
      html += fmt::format("<blockquote>{}</blockquote>", net::EscapeHtml(excerpt));
    }
    html += "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace

std::string UnsubscribeToken(const net::CursorCodec& cursors, AccountId account) {
  return cursors.Encode(kTokenKind, {account.value});
}

Result<AccountId> ReadUnsubscribeToken(const net::CursorCodec& cursors, std::string_view token) {
  const auto values = cursors.Decode(kTokenKind, token);
  if (!values || values->size() != 1) {
    return Invalid("This is not a link of this server; digests can also be ended in the settings.",
                   "invalid_link");
  }
  return AccountId{values->front()};
}

Digests::Digests(const DigestOptions& options, DigestsParts parts, Metrics& metrics)
    : options_(options),
      parts_(parts),
      sent_(metrics.GetCounter("freshet_digests_sent_total", "Digests that the mail server took")),
      empty_(metrics.GetCounter("freshet_digests_empty_total",
                                "Digests that had nothing to tell of, or nobody to tell it to")),
      failed_(metrics.GetCounter("freshet_digests_failed_total",
                                 "Attempts to send a digest that failed")) {}

Awaitable<> Digests::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto some = co_await SendOne();
    if (!some) {
      parts_.logger.Warn("Digests wait: the database did not answer",
                         {{"error", some.error().ToString()}});
    }
    if (some && *some) continue;
    if (!co_await Sleep(options_.poll_interval, stop)) co_return;
  }
}

Awaitable<Result<std::optional<Digests::Due>>> Digests::Claim() {
  const Timestamp now = parts_.clock.Now();
  Timestamp was_due;
  const auto read = [&](stores::Transaction& tx) -> Result<std::optional<Due>> {
    std::optional<Due> due;
    const auto on_row = [&](const stores::Row& row) {
      due = Due{.account = row.AsId<AccountId>(0),
                .frequency = static_cast<EmailDigest>(row.Int(1)),
                .next = {},
                .attempts = row.Int(3) + 1,
                .told_up_to = static_cast<std::uint64_t>(row.Int(4))};
      was_due = row.Time(2);
    };
    RETURN_IF_ERROR(
        tx.Query("SELECT account_id, frequency, due_at, attempts, told_up_to "
                 "FROM email_digests WHERE retry_at <= $1 ORDER BY retry_at LIMIT 1",
                 {now}, on_row));
    if (due) return due;
    RETURN_IF_ERROR(
        tx.Query("SELECT account_id, frequency, due_at, 0, told_up_to "
                 "FROM email_digests WHERE due_at <= $1 ORDER BY due_at LIMIT 1",
                 {now}, on_row));
    return due;
  };
  CO_ASSIGN_OR_RETURN(const auto any,
                      co_await stores::ReadReturning(parts_.database, read, Soon()));
  if (!any) co_return std::nullopt;
  co_return co_await stores::WriteReturning(
      parts_.database,
      [&](stores::Transaction& tx) -> Result<std::optional<Due>> {
        ASSIGN_OR_RETURN(auto due, read(tx));
        if (!due) return due;
        const Duration period = PeriodOf(due->frequency, options_);
        due->next = was_due;
        if (due->next <= now) due->next += ((now - due->next) / period + 1) * period;
        RETURN_IF_ERROR(
            tx.Execute("UPDATE email_digests SET due_at = $2, retry_at = NULL, "
                       "attempts = $3 WHERE account_id = $1",
                       {due->account, due->next, due->attempts}));
        return due;
      },
      Soon());
}

Awaitable<Result<bool>> Digests::SendOne() {
  CO_ASSIGN_OR_RETURN(const auto due, co_await Claim());
  if (!due) co_return false;
  CO_RETURN_IF_ERROR(co_await Handle(*due));
  co_return true;
}

Awaitable<Result<>> Digests::Handle(const Due& due) {
  const Timestamp now = parts_.clock.Now();
  CO_ASSIGN_OR_RETURN(const auto preferences,
                      co_await parts_.preferences.Find(due.account, Soon()));
  if (preferences.quiet_hours && IsQuiet(*preferences.quiet_hours, now)) {
    const Timestamp end = QuietUntil(*preferences.quiet_hours, now);
    co_return co_await TryAgain(due, std::min(end, due.next), due.attempts - 1);
  }
  CO_ASSIGN_OR_RETURN(const auto address,
                      co_await parts_.emails.ConfirmedAddress(due.account, Soon()));
  CO_ASSIGN_OR_RETURN(const auto content, co_await Collect(due, preferences));
  if (!address || content.notifications.empty()) {
    empty_.Add();
    co_return Result<>();
  }
  const auto sent = co_await parts_.mailer.Send(Write(due, content, *address));
  if (sent) {
    sent_.Add();
    co_return co_await Told(due, content.up_to);
  }
  failed_.Add();
  parts_.logger.Warn("A digest was not sent", {{"error", sent.error().ToString()}});
  if (!SurelyNotTaken(sent.error()) || due.attempts >= options_.attempts) co_return Result<>();
  const RetryPolicy policy{.base_delay = options_.first_retry, .max_delay = options_.longest_retry};
  const Timestamp again = now + BackoffDelay(policy, due.attempts, RandomUnit());
  if (again >= due.next) co_return Result<>();
  co_return co_await TryAgain(due, again, due.attempts);
}

Awaitable<Result<Digests::Content>> Digests::Collect(const Due& due,
                                                     const Preferences& preferences) {
  Content content;
  InboxFilter filter{.unread_only = true};
  for (std::size_t i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<Kind>(i);
    if (preferences.types.Of(kind) == Delivery::kOff) filter.kinds &= ~(1U << i);
  }
  const auto most = static_cast<std::size_t>(options_.notifications);
  CO_ASSIGN_OR_RETURN(auto groups,
                      co_await parts_.inbox.List(due.account, filter, 0, most + 1, Soon()));
  std::erase_if(groups, [&](const Group& group) { return group.position <= due.told_up_to; });
  if (groups.empty()) co_return content;
  content.up_to = groups.front().position;
  content.more = groups.size() > most;
  if (content.more) groups.pop_back();
  CO_ASSIGN_OR_RETURN(const auto rendered,
                      co_await parts_.presenter.Render(due.account, groups, Soon()));
  for (const auto& one : rendered) {
    if (!one) continue;
    CO_ASSIGN_OR_RETURN(auto notification, net::ReadJson<Notification>(*one));
    content.notifications.push_back(std::move(notification));
  }
  co_return content;
}

net::MailMessage Digests::Write(const Due& due, const Content& content, std::string address) const {
  const std::string unsubscribe = parts_.mailer.Link("/v1/email/unsubscribe?token=" +
                                                     UnsubscribeToken(parts_.cursors, due.account));
  const std::string home = parts_.mailer.Link("/");
  const std::string more = content.more ? "There is more than fits in here.\n\n" : "";
  net::MailMessage message{.to = std::move(address), .subject = SubjectOf(content.notifications)};
  message.text = fmt::format("{}\n{}Read on at {}\n\n--\nTo get no more of these mails: {}\n",
                             TextOf(content.notifications), more, home, unsubscribe);
  message.html = fmt::format(
      "<!doctype html><html lang=\"en\"><body>\n{}<p>{}<a href=\"{}\">Read on</a></p>\n"
      "<p><small><a href=\"{}\">No more of these mails</a></small></p></body></html>\n",
      HtmlOf(content.notifications), more, net::EscapeHtml(home), net::EscapeHtml(unsubscribe));
  message.id = fmt::format("digest.{}.{}", due.account.value, due.next.time_since_epoch().count());
  message.headers = {{"List-Unsubscribe", fmt::format("<{}>", unsubscribe)},
                     {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
  return message;
}

Awaitable<Result<>> Digests::Told(const Due& due, std::uint64_t up_to) {
  co_return co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("UPDATE email_digests SET told_up_to = $2, attempts = 0 "
                       "WHERE account_id = $1 AND told_up_to < $2",
                       {due.account, up_to}));
        return {};
      },
      Soon());
}

Awaitable<Result<>> Digests::TryAgain(const Due& due, Timestamp at, std::int64_t attempts) {
  co_return co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("UPDATE email_digests SET retry_at = $2, attempts = $3 "
                       "WHERE account_id = $1 AND frequency = $4",
                       {due.account, at, attempts, due.frequency}));
        return {};
      },
      Soon());
}

Deadline Digests::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

}  // namespace freshet::notifications
