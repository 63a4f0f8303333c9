// The inbox of each person, in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "services/notifications/types.h"
#include "stores/database/database.h"

namespace freshet::notifications {

struct InboxOptions {
  Duration group_window{86'400'000};
  Duration retention{7'776'000'000};

  static constexpr auto Describe() {
    using O = InboxOptions;
    return Description("notifications", "What people are told of.",
                       Field("group_window", &O::group_window)
                           .Range(0, 3.1536e10)
                           .Unit("ms")
                           .Doc("What happens to one thing within this time is one notification."),
                       Field("retention", &O::retention)
                           .Range(60'000, 3.1536e11)
                           .Unit("ms")
                           .Doc("Notifications that were quiet for longer are removed."));
  }
};

// Why somebody is notified, or is no longer. One reason has one name: who is told, the kind, the
// subject (what the group is about: a post, a comment, or 0) and the source (who liked, which
// comment).
struct Reason {
  Kind kind = Kind::kFollow;
  AccountId reader;
  AccountId actor;
  std::uint64_t subject = 0;
  std::uint64_t source = 0;
  PostId post;  // that the reader must be able to see; 0: none
  bool present = true;
};

// One notification as it is stored.
struct Group {
  struct Entry {
    AccountId actor;
    std::uint64_t source = 0;
  };
  std::uint64_t id = 0;
  std::uint64_t position = 0;
  AccountId reader;
  Kind kind = Kind::kFollow;
  std::uint64_t subject = 0;
  PostId post;
  std::int64_t actors = 0;  // people, each once
  bool unread = true;
  std::vector<Entry> newest;  // descending, at most kNewestEntries
};
inline constexpr std::size_t kNewestEntries = 20;

// How many notifications of one inbox are not read.
struct UnreadGroups {
  std::vector<std::pair<PostId, std::int64_t>> about;  // a post, or 0: none
  std::int64_t all = 0;
};

struct InboxFilter {
  std::uint32_t kinds = (1U << kKinds) - 1;  // a bit for each
  bool unread_only = false;
};

// Thread-safe. Errors of every method: the database's.
class Inbox {
 public:
  Inbox(InboxOptions options, stores::Database& database, IdGenerator& ids, const Clock& clock);

  // Makes the inboxes equal to the reasons, in their order; idempotent. Returns the groups in which
  // something is new, which are owed to their readers' push subscriptions from here on. A reason
  // that was withdrawn and comes back within the window is restored in its place, without anything
  // being new.
  Awaitable<Result<std::vector<Group>>> Apply(std::span<const Reason> reasons, Deadline deadline);
  // Withdraws every reason that is a comment which was deleted, and the likes of it.
  Awaitable<Result<>> WithdrawComment(std::uint64_t comment, AccountId author, Deadline deadline);
  // Withdraws what `actor` did towards `reader`.
  Awaitable<Result<>> WithdrawPerson(AccountId reader, AccountId actor, Deadline deadline);

  // Who is notified of something about the post, ascending, after `after`, at most `limit`.
  Awaitable<Result<std::vector<AccountId>>> ReadersOf(PostId post, AccountId after,
                                                      std::size_t limit, Deadline deadline);
  // Hides or shows what is about the post in the inbox of each of `readers`.
  Awaitable<Result<>> SetHidden(PostId post, std::span<const AccountId> readers,
                                const std::vector<bool>& hidden, Deadline deadline);

  // Removes everything about a post that is gone for good.
  Awaitable<Result<>> RemovePost(PostId post, Deadline deadline);

  // Newest first, older than the position `before` (0: the newest of all).
  Awaitable<Result<std::vector<Group>>> List(AccountId reader, InboxFilter filter,
                                             std::uint64_t before, std::size_t limit,
                                             Deadline deadline);
  // What has become newer than the position `after`, oldest first.
  Awaitable<Result<std::vector<Group>>> After(AccountId reader, std::uint64_t after,
                                              std::size_t limit, Deadline deadline);
  // The group, unless nothing of it is left for its reader.
  Awaitable<Result<std::optional<Group>>> Find(std::uint64_t group, Deadline deadline);
  // Idempotent.
  Awaitable<Result<>> MarkRead(AccountId reader, std::uint64_t up_to, Deadline deadline);
  // What is not read, of the `newest` ones by the post that they are about.
  Awaitable<Result<UnreadGroups>> Unread(AccountId reader, std::size_t newest, Deadline deadline);

  // Removes what `person` was notified of, and what `person` did from everybody's inbox.
  Awaitable<Result<>> Erase(AccountId person, Deadline deadline);
  // Removes what is older than the retention, a part at a time. Returns how many notifications.
  Awaitable<Result<std::int64_t>> Purge(Deadline deadline);
  // The greatest id in use; 0 when there is none.
  Awaitable<Result<std::uint64_t>> NewestId(Deadline deadline);

 private:
  const InboxOptions options_;
  stores::Database& database_;
  IdGenerator& ids_;
  const Clock& clock_;
};

}  // namespace freshet::notifications
