// The nouns of notifications.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/json/json_types.h"
#include "services/accounts/types.h"
#include "services/social/types.h"

namespace freshet::notifications {

// Numbers are stored: never reuse one. From kComment on the reason is a text that somebody wrote.
enum class Kind : std::uint8_t {
  kFollow = 0,
  kRequest = 1,
  kLike = 2,
  kShare = 3,
  kComment = 4,
  kReply = 5,
  kMention = 6,
  kQuote = 7,
};
inline constexpr std::size_t kKinds = 8;

using NotificationId = Id<struct NotificationTag>;

struct Notification {
  NotificationId id;
  NotificationId group;
  Kind type = Kind::kFollow;
  std::vector<accounts::AuthorCard> actors;
  std::int64_t count = 0;
  std::optional<social::Post> post;
  std::optional<std::string> comment_id;
  bool read = false;
  Timestamp created_at;
  Timestamp updated_at;

  static constexpr auto Describe() {
    return Description(
        "Notification", "What one or more people did that concerns the reader.",
        Field("id", &Notification::id).Doc("Its place in the inbox; grows when somebody joins."),
        Field("group", &Notification::group)
            .Doc("Stays the same while people join: what comes again replaces what was there."),
        Field("type", &Notification::type),
        Field("actors", &Notification::actors).Doc("The newest up to three, newest first."),
        Field("count", &Notification::count).Doc("How many people there are altogether."),
        Field("post", &Notification::post)
            .Doc("What was liked, shared or commented on; for mention and quote the post that "
                 "mentions or quotes."),
        Field("comment_id", &Notification::comment_id)
            .Doc("The newest comment, when a comment is the reason."),
        Field("read", &Notification::read), Field("created_at", &Notification::created_at),
        Field("updated_at", &Notification::updated_at));
  }
};

struct NotificationQuery {
  std::optional<std::string> types;
  bool unread = false;
  std::int32_t limit = 20;
  std::optional<std::string> cursor;

  static constexpr auto Describe() {
    return Description(
        "NotificationQuery", "Which part of the inbox.",
        Field("types", &NotificationQuery::types)
            .Length(1, 200)
            .Doc("Only these, with commas between: follow, request, like, share, comment, reply, "
                 "mention, quote."),
        Field("unread", &NotificationQuery::unread).Defaulted().Doc("Only what is not read."),
        Field("limit", &NotificationQuery::limit)
            .Range(1, 100)
            .Defaulted()
            .Doc("How many items at most."),
        Field("cursor", &NotificationQuery::cursor)
            .Length(1, 512)
            .Doc("`next` of the page before; absent for the first page."));
  }
};

struct MarkRead {
  NotificationId up_to;

  static constexpr auto Describe() {
    return Description("MarkRead", "What has been read.",
                       Field("up_to", &MarkRead::up_to)
                           .Doc("The `id` of the newest notification that was seen; what came "
                                "later stays unread."));
  }
};

struct UnreadCount {
  std::int64_t count = 0;

  static constexpr auto Describe() {
    return Description("UnreadCount", "How many notifications are not read.",
                       Field("count", &UnreadCount::count));
  }
};

// What becomes of one kind. Numbers are stored: never reuse one.
enum class Delivery : std::uint8_t { kPush = 0, kInbox = 1, kOff = 2 };

struct KindPreferences {
  Delivery follow = Delivery::kPush;
  Delivery request = Delivery::kPush;
  Delivery like = Delivery::kPush;
  Delivery share = Delivery::kPush;
  Delivery comment = Delivery::kPush;
  Delivery reply = Delivery::kPush;
  Delivery mention = Delivery::kPush;
  Delivery quote = Delivery::kPush;

  // The members in the order of Kind.
  static constexpr std::array<Delivery KindPreferences::*, kKinds> kMembers{
      &KindPreferences::follow,  &KindPreferences::request, &KindPreferences::like,
      &KindPreferences::share,   &KindPreferences::comment, &KindPreferences::reply,
      &KindPreferences::mention, &KindPreferences::quote};
  Delivery Of(Kind kind) const { return this->*kMembers[static_cast<std::size_t>(kind)]; }

  bool operator==(const KindPreferences&) const = default;

  static constexpr auto Describe() {
    using P = KindPreferences;
    return Description("NotificationKinds",
                       "push: told at once and kept in the inbox; inbox: kept only; off: not made.",
                       Field("follow", &P::follow), Field("request", &P::request),
                       Field("like", &P::like), Field("share", &P::share),
                       Field("comment", &P::comment), Field("reply", &P::reply),
                       Field("mention", &P::mention), Field("quote", &P::quote));
  }
};

// What is wrong with a time of day, or an empty text.
constexpr std::string_view CheckTimeOfDay(const std::string& text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  const bool shape = text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) &&
                     digit(4) && text < "24:00" && text[3] < '6';
  return shape ? std::string_view() : "write it as 22:30, from 00:00 to 23:59";
}

struct QuietHours {
  std::string start;
  std::string end;
  std::int64_t utc_offset = 0;

  bool operator==(const QuietHours&) const = default;

  static constexpr auto Describe() {
    return Description("QuietHours",
                       "When nothing is told at once; the inbox collects it meanwhile.",
                       Field("start", &QuietHours::start).Length(5, 5).Check(CheckTimeOfDay),
                       Field("end", &QuietHours::end)
                           .Length(5, 5)
                           .Check(CheckTimeOfDay)
                           .Doc("The first minute that is not quiet; may lie on the next day."),
                       Field("utc_offset", &QuietHours::utc_offset)
                           .Range(-720, 840)
                           .Unit("minutes")
                           .Defaulted()
                           .Doc("How far the person's clock is ahead of UTC."));
  }
};

// How often what nobody read is sent by mail. Numbers are stored: never reuse one.
enum class EmailDigest : std::uint8_t { kOff = 0, kDaily = 1, kWeekly = 2 };

struct Preferences {
  KindPreferences types;
  std::optional<QuietHours> quiet_hours;
  EmailDigest email_digest = EmailDigest::kOff;

  bool operator==(const Preferences&) const = default;

  static constexpr auto Describe() {
    return Description("NotificationPreferences", "What somebody wants to be told of, and when.",
                       Field("types", &Preferences::types),
                       Field("quiet_hours", &Preferences::quiet_hours).Doc("Absent: none."),
                       Field("email_digest", &Preferences::email_digest)
                           .Defaulted()
                           .Doc("How often what is not read comes by mail: off, daily or weekly. "
                                "To the account's address, once that is confirmed."));
  }
};

}  // namespace freshet::notifications

template <>
struct freshet::Enumerators<freshet::notifications::Kind> {
  using K = freshet::notifications::Kind;
  static constexpr std::array kNames{
      std::pair{K::kFollow, "follow"},   std::pair{K::kRequest, "request"},
      std::pair{K::kLike, "like"},       std::pair{K::kShare, "share"},
      std::pair{K::kComment, "comment"}, std::pair{K::kReply, "reply"},
      std::pair{K::kMention, "mention"}, std::pair{K::kQuote, "quote"}};
};

template <>
struct freshet::Enumerators<freshet::notifications::Delivery> {
  using D = freshet::notifications::Delivery;
  static constexpr std::array kNames{std::pair{D::kPush, "push"}, std::pair{D::kInbox, "inbox"},
                                     std::pair{D::kOff, "off"}};
};

template <>
struct freshet::Enumerators<freshet::notifications::EmailDigest> {
  using E = freshet::notifications::EmailDigest;
  static constexpr std::array kNames{std::pair{E::kOff, "off"}, std::pair{E::kDaily, "daily"},
                                     std::pair{E::kWeekly, "weekly"}};
};
