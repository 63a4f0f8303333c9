#include "services/notifications/personal_data.h"

#include "net/json/json_writer.h"

namespace freshet::notifications {
namespace {

constexpr std::size_t kGroupsAtOnce = 100;

}  // namespace

std::vector<std::string_view> NotificationsData::Lists() const {
  return {"notifications", "notification_preferences", "push_subscriptions"};
}

Awaitable<Result<accounts::ExportPage>> NotificationsData::Export(std::string_view list,
                                                                  AccountId person,
                                                                  accounts::ExportPosition from,
                                                                  Deadline deadline) {
  accounts::ExportPage page;
  if (list == "notification_preferences") {
    CO_ASSIGN_OR_RETURN(const auto preferences, co_await preferences_.Find(person, deadline));
    page.items.push_back(net::ToJson(preferences));
    co_return page;
  }
  if (list == "push_subscriptions") {
    CO_ASSIGN_OR_RETURN(const auto subscriptions, co_await subscriptions_.Export(person, deadline));
    for (const auto& subscription : subscriptions) page.items.push_back(net::ToJson(subscription));
    co_return page;
  }
  CO_ASSIGN_OR_RETURN(const auto groups,
                      co_await inbox_.List(person, {}, from.first, kGroupsAtOnce, deadline));
  CO_ASSIGN_OR_RETURN(auto rendered, co_await presenter_.Render(person, groups, deadline));
  for (auto& notification : rendered) {
    if (notification) page.items.push_back(*std::move(notification));
  }
  if (groups.size() == kGroupsAtOnce) page.next = {.first = groups.back().position};
  co_return page;
}

Awaitable<Result<bool>> NotificationsData::EraseSome(AccountId person, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await subscriptions_.Erase(person, deadline));
  CO_RETURN_IF_ERROR(co_await preferences_.Erase(person, deadline));
  CO_RETURN_IF_ERROR(co_await inbox_.Erase(person, deadline));
  co_return true;
}

}  // namespace freshet::notifications
