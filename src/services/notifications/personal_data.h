// What notifications holds about a person.
#pragma once

#include "services/accounts/api.h"
#include "services/notifications/inbox.h"
#include "services/notifications/preferences.h"
#include "services/notifications/presenter.h"
#include "services/notifications/push_subscriptions.h"

namespace freshet::notifications {

// Thread-safe.
class NotificationsData final : public accounts::PersonalData {
 public:
  // All must outlive it.
  NotificationsData(Inbox& inbox, PreferenceStore& preferences, PushSubscriptions& subscriptions,
                    Presenter& presenter)
      : inbox_(inbox),
        preferences_(preferences),
        subscriptions_(subscriptions),
        presenter_(presenter) {}

  Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) override;
  std::vector<std::string_view> Lists() const override;
  Awaitable<Result<accounts::ExportPage>> Export(std::string_view list, AccountId person,
                                                 accounts::ExportPosition from,
                                                 Deadline deadline) override;

 private:
  Inbox& inbox_;
  PreferenceStore& preferences_;
  PushSubscriptions& subscriptions_;
  Presenter& presenter_;
};

}  // namespace freshet::notifications
