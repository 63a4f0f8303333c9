#include "services/notifications/service.h"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::notifications {
namespace {

// A page is looked for among so many stretches of the inbox; one that is still not full then
// continues with its cursor.
constexpr int kMostReadings = 5;

Result<std::uint32_t> ReadKinds(std::string_view types) {
  std::uint32_t kinds = 0;
  for (;;) {
    const auto comma = types.find(',');
    const auto kind = EnumNamed<Kind>(types.substr(0, comma));
    if (!kind) {
      return InvalidField("types", "unknown_type",
                          "name some of follow, request, like, share, comment, reply, mention and "
                          "quote, with commas between");
    }
    kinds |= 1U << static_cast<unsigned>(*kind);
    if (comma == std::string_view::npos) return kinds;
    types.remove_prefix(comma + 1);
  }
}

// The position that a cursor holds; 0: from the start.
Result<std::uint64_t> ReadCursor(const net::CursorCodec& cursors, std::string_view kind,
                                 const std::optional<std::string>& cursor) {
  if (!cursor) return 0;
  ASSIGN_OR_RETURN(const auto values, cursors.Decode(kind, *cursor));
  if (values.size() != 1) return InvalidField("cursor", "invalid", "use `next` of a page");
  return values.front();
}

}  // namespace

Awaitable<Result<net::Rendered<net::Page<Notification>>>> NotificationsService::List(
    AccountId reader, NotificationQuery query, Deadline deadline) {
  InboxFilter filter{.unread_only = query.unread};
  if (query.types) {
    CO_ASSIGN_OR_RETURN(filter.kinds, ReadKinds(*query.types));
  }
  const std::string cursor_kind =
      fmt::format("notifications of {} {} {}", reader.value, filter.kinds, filter.unread_only);
  CO_ASSIGN_OR_RETURN(std::uint64_t before, ReadCursor(cursors_, cursor_kind, query.cursor));
  const auto limit = static_cast<std::size_t>(query.limit);
  std::size_t count = 0;
  bool more = true;
  std::string json = R"({"items":[)";
  for (int reading = 0; more && count < limit && reading < kMostReadings; ++reading) {
    const std::size_t wanted = limit - count + 1;
    CO_ASSIGN_OR_RETURN(auto groups,
                        co_await inbox_.List(reader, filter, before, wanted, deadline));
    more = groups.size() == wanted;
    if (more) groups.pop_back();
    CO_ASSIGN_OR_RETURN(const auto rendered, co_await presenter_.Render(reader, groups, deadline));
    for (const auto& one : rendered) {
      if (!one) continue;
      if (count++ > 0) json += ',';
      json += *one;
    }
    if (!groups.empty()) before = groups.back().position;
  }
  net::Rendered<net::Page<Notification>> page;
  if (more) page.next = cursors_.Encode(cursor_kind, {before});
  json += page.next ? fmt::format(R"(],"next":"{}"}})", *page.next) : R"(],"next":null})";
  page.json = std::move(json);
  co_return page;
}

Awaitable<Result<UnreadCount>> NotificationsService::Read(AccountId reader, NotificationId up_to,
                                                          Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await inbox_.MarkRead(reader, up_to.value, deadline));
  co_return co_await Unread(reader, deadline);
}

Awaitable<Result<UnreadCount>> NotificationsService::Unread(AccountId reader, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto count, co_await presenter_.UnreadCount(inbox_, reader, deadline));
  co_return UnreadCount{.count = count};
}

Awaitable<Result<Preferences>> NotificationsService::ShowPreferences(AccountId person,
                                                                     Deadline deadline) {
  return preferences_.Find(person, deadline);
}

Awaitable<Result<Preferences>> NotificationsService::ReplacePreferences(AccountId person,
                                                                        Preferences preferences,
                                                                        Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await preferences_.Replace(person, preferences, deadline));
  co_return preferences;
}

}  // namespace freshet::notifications
