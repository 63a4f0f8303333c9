#include "services/notifications/preferences.h"

#include <fmt/format.h>

namespace freshet::notifications {
namespace {

constexpr int kDeliveryBits = 2;
constexpr std::int64_t kMinutesOfDay = 24 * 60;

std::int64_t Pack(const KindPreferences& types) {
  std::int64_t packed = 0;
  for (std::size_t i = 0; i < kKinds; ++i) {
    packed |= static_cast<std::int64_t>(types.*KindPreferences::kMembers[i])
              << (kDeliveryBits * static_cast<int>(i));
  }
  return packed;
}

KindPreferences Unpack(std::int64_t packed) {
  KindPreferences types;
  for (std::size_t i = 0; i < kKinds; ++i) {
    types.*KindPreferences::kMembers[i] =
        static_cast<Delivery>((packed >> (kDeliveryBits * static_cast<int>(i))) & 3);
  }
  return types;
}

std::int64_t MinuteOf(std::string_view time) {
  const auto two = [&](std::size_t i) { return (time[i] - '0') * 10 + (time[i + 1] - '0'); };
  return two(0) * 60 + two(3);
}

std::string TimeOf(std::int64_t minute) {
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

Preferences ReadPreferences(const stores::Row& row) {
  Preferences preferences{.types = Unpack(row.Int(0)), .quiet_hours = {}};
  if (!row.IsNull(1)) {
    preferences.quiet_hours = QuietHours{
        .start = TimeOf(row.Int(1)), .end = TimeOf(row.Int(2)), .utc_offset = row.Int(3)};
  }
  preferences.email_digest = static_cast<EmailDigest>(row.Int(4));
  return preferences;
}

std::int64_t LocalMinute(const QuietHours& hours, Timestamp now) {
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count() + hours.utc_offset;
  return ((minutes % kMinutesOfDay) + kMinutesOfDay) % kMinutesOfDay;
}

}  // namespace

bool IsQuiet(const QuietHours& hours, Timestamp now) {
  const std::int64_t minute = LocalMinute(hours, now);
  const std::int64_t start = MinuteOf(hours.start);
  const std::int64_t end = MinuteOf(hours.end);
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

Timestamp QuietUntil(const QuietHours& hours, Timestamp now) {
  if (!IsQuiet(hours, now)) return now;
  const std::int64_t left = MinuteOf(hours.end) - LocalMinute(hours, now);
  return std::chrono::floor<std::chrono::minutes>(now) +
         std::chrono::minutes((left + kMinutesOfDay) % kMinutesOfDay);
}

Duration PeriodOf(EmailDigest frequency, const DigestOptions& options) {
  switch (frequency) {
    case EmailDigest::kOff: break;
    case EmailDigest::kDaily: return options.daily;
    case EmailDigest::kWeekly: return options.weekly;
  }
  return Duration(0);
}

Awaitable<Result<std::vector<Preferences>>> PreferenceStore::Find(std::span<const AccountId> people,
                                                                  Deadline deadline) const {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<Preferences>> {
        std::vector<Preferences> found(people.size());
        for (std::size_t i = 0; i < people.size(); ++i) {
          RETURN_IF_ERROR(tx.Query(
              "SELECT deliveries, quiet_start, quiet_end, utc_offset, email_digest "
              "FROM notification_preferences WHERE account_id = $1",
              {people[i]}, [&](const stores::Row& row) { found[i] = ReadPreferences(row); }));
        }
        return found;
      },
      deadline);
}

Awaitable<Result<Preferences>> PreferenceStore::Find(AccountId person, Deadline deadline) const {
  CO_ASSIGN_OR_RETURN(auto found, co_await Find(std::span(&person, 1), deadline));
  co_return std::move(found.front());
}

Awaitable<Result<>> PreferenceStore::Replace(AccountId person, const Preferences& preferences,
                                             Deadline deadline) {
  const auto& quiet = preferences.quiet_hours;
  const auto start = quiet ? std::optional(MinuteOf(quiet->start)) : std::nullopt;
  const auto end = quiet ? std::optional(MinuteOf(quiet->end)) : std::nullopt;
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "INSERT INTO notification_preferences "
            "(account_id, deliveries, quiet_start, quiet_end, utc_offset, email_digest) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET "
            "deliveries = $2, quiet_start = $3, quiet_end = $4, utc_offset = $5, email_digest = $6",
            {person, Pack(preferences.types), start, end, quiet ? quiet->utc_offset : 0,
             preferences.email_digest}));
        return ReplaceDigest(tx, person, preferences.email_digest);
      },
      deadline);
}

Result<> PreferenceStore::ReplaceDigest(stores::Transaction& tx, AccountId person,
                                        EmailDigest frequency) const {
  const Timestamp now = clock_.Now();
  RETURN_IF_ERROR(tx.Execute("DELETE FROM email_digests WHERE account_id = $1 AND frequency <> $2",
                             {person, frequency}));
  if (frequency == EmailDigest::kOff) return {};
  RETURN_IF_ERROR(tx.Execute(
      "INSERT INTO email_digests (account_id, frequency, due_at, told_up_to) "
      "VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO NOTHING",
      {person, frequency, now + PeriodOf(frequency, digests_), FirstIdAt(now).value_or(0)}));
  return {};
}

Awaitable<Result<>> PreferenceStore::EndDigest(AccountId person, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("UPDATE notification_preferences SET email_digest = 0 WHERE account_id = $1",
                       {person}));
        return ReplaceDigest(tx, person, EmailDigest::kOff);
      },
      deadline);
}

Awaitable<Result<>> PreferenceStore::Erase(AccountId person, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("DELETE FROM notification_preferences WHERE account_id = $1", {person}));
        RETURN_IF_ERROR(tx.Execute("DELETE FROM email_digests WHERE account_id = $1", {person}));
        return {};
      },
      deadline);
}

}  // namespace freshet::notifications
