// Notifications as their readers see them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "services/accounts/api.h"
#include "services/notifications/inbox.h"
#include "services/social/api.h"

namespace freshet::notifications {

// Thread-safe.
class Presenter {
 public:
  Presenter(social::SocialReads& social, accounts::Profiles& profiles,
            accounts::AccountStandings& standings)
      : social_(social), profiles_(profiles), standings_(standings) {}

  // Notification as JSON, in the order of `groups`, which are all of `reader`; nullopt for what the
  // reader may not see now: posts that are gone, people who are blocked or muted.
  Awaitable<Result<std::vector<std::optional<std::string>>>> Render(AccountId reader,
                                                                    std::span<const Group> groups,
                                                                    Deadline deadline);

  // How many notifications are not read, without those about posts that the reader may not see now;
  // of more than a thousand the older ones are counted as they stand in the inbox.
  Awaitable<Result<std::int64_t>> UnreadCount(Inbox& inbox, AccountId reader, Deadline deadline);

  // Whom of `people` the reader wants to hear of: they exist, and the reader neither blocks nor
  // mutes them. In their order.
  Awaitable<Result<std::vector<bool>>> MayBeToldOf(AccountId reader,
                                                   std::span<const AccountId> people,
                                                   Deadline deadline);

 private:
  social::SocialReads& social_;
  accounts::Profiles& profiles_;
  accounts::AccountStandings& standings_;
};

}  // namespace freshet::notifications
