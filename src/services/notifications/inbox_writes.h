// How reasons become entries and groups, within a transaction.
#pragma once

#include <cstdint>
#include <optional>

#include "base/id.h"
#include "services/notifications/inbox.h"
#include "stores/database/database.h"

namespace freshet::notifications {

// One transaction's work on inboxes.
class InboxWriter {
 public:
  // Groups and withdrawn entries whose id is below `window_start` are closed.
  InboxWriter(stores::Transaction& tx, IdGenerator& ids, std::uint64_t window_start)
      : tx_(tx), ids_(ids), window_start_(window_start) {}

  // Returns the group when something new is in it.
  Result<std::optional<std::uint64_t>> Add(const Reason& reason);
  Result<> Withdraw(const Reason& reason);

 private:
  struct Entry {
    std::uint64_t id = 0;
    std::uint64_t group = 0;
    AccountId actor;
    bool withdrawn = false;
  };
  Result<std::optional<Entry>> Find(const Reason& reason);
  Result<std::uint64_t> OpenGroup(const Reason& reason, std::uint64_t id);
  Result<bool> HasActor(std::uint64_t group, AccountId actor);
  Result<> Restore(const Reason& reason, const Entry& entry);

  stores::Transaction& tx_;
  IdGenerator& ids_;
  const std::uint64_t window_start_;
};

}  // namespace freshet::notifications
