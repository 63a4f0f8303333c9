// What notifications holds about a person.
#pragma once

#include "services/accounts/api.h"
#include "services/notifications/inbox.h"

namespace freshet::notifications {

// Thread-safe.
class NotificationsData final : public accounts::PersonalData {
 public:
  explicit NotificationsData(Inbox& inbox) : inbox_(inbox) {}

  Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) override;

 private:
  Inbox& inbox_;
};

}  // namespace freshet::notifications
