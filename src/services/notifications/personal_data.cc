#include "services/notifications/personal_data.h"

namespace freshet::notifications {

Awaitable<Result<bool>> NotificationsData::EraseSome(AccountId person, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await inbox_.Erase(person, deadline));
  co_return true;
}

}  // namespace freshet::notifications
