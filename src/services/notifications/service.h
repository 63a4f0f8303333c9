// The inbox as people read it.
#pragma once

#include "base/async.h"
#include "base/id.h"
#include "net/api/answers.h"
#include "net/api/cursor.h"
#include "services/notifications/inbox.h"
#include "services/notifications/preferences.h"
#include "services/notifications/presenter.h"
#include "services/notifications/types.h"

namespace freshet::notifications {

// Thread-safe.
class NotificationsService {
 public:
  NotificationsService(Inbox& inbox, PreferenceStore& preferences, Presenter& presenter,
                       const net::CursorCodec& cursors)
      : inbox_(inbox), preferences_(preferences), presenter_(presenter), cursors_(cursors) {}

  // Newest first; what the reader may see now. Errors: kInvalid (types, the cursor).
  Awaitable<Result<net::Rendered<net::Page<Notification>>>> List(AccountId reader,
                                                                 NotificationQuery query,
                                                                 Deadline deadline);
  // Returns what is left.
  Awaitable<Result<UnreadCount>> Read(AccountId reader, NotificationId up_to, Deadline deadline);
  Awaitable<Result<UnreadCount>> Unread(AccountId reader, Deadline deadline);

  Awaitable<Result<Preferences>> ShowPreferences(AccountId person, Deadline deadline);
  Awaitable<Result<Preferences>> ReplacePreferences(AccountId person, Preferences preferences,
                                                    Deadline deadline);

 private:
  Inbox& inbox_;
  PreferenceStore& preferences_;
  Presenter& presenter_;
  const net::CursorCodec& cursors_;
};

}  // namespace freshet::notifications
