#include "services/notifications/inbox_writes.h"

namespace freshet::notifications {

Result<std::optional<InboxWriter::Entry>> InboxWriter::Find(const Reason& reason) {
  std::optional<Entry> entry;
  RETURN_IF_ERROR(tx_.Query(
      "SELECT id, group_id, actor_id, withdrawn FROM notification_entries "
      "WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND source_id = $4",
      {reason.reader, reason.kind, reason.subject, reason.source}, [&](const stores::Row& row) {
        entry = Entry{.id = static_cast<std::uint64_t>(row.Int(0)),
                      .group = static_cast<std::uint64_t>(row.Int(1)),
                      .actor = row.AsId<AccountId>(2),
                      .withdrawn = row.Bool(3)};
      }));
  return entry;
}

Result<bool> InboxWriter::HasActor(std::uint64_t group, AccountId actor) {
  bool found = false;
  RETURN_IF_ERROR(
      tx_.Query("SELECT 1 FROM notification_entries "
                "WHERE group_id = $1 AND actor_id = $2 AND withdrawn = 0 LIMIT 1",
                {group, actor}, [&](const stores::Row&) { found = true; }));
  return found;
}

Result<std::uint64_t> InboxWriter::OpenGroup(const Reason& reason, std::uint64_t id) {
  std::uint64_t group = 0;
  RETURN_IF_ERROR(
      tx_.Query("SELECT id FROM notification_groups WHERE account_id = $1 AND kind = $2 "
                "AND subject_id = $3 AND id >= $4 ORDER BY id DESC LIMIT 1",
                {reason.reader, reason.kind, reason.subject, window_start_},
                [&](const stores::Row& row) { group = static_cast<std::uint64_t>(row.Int(0)); }));
  if (group != 0) return group;
  RETURN_IF_ERROR(
      tx_.Execute("INSERT INTO notification_groups "
                  "(id, account_id, kind, subject_id, post_id, position, actors, unread) "
                  "VALUES ($1, $2, $3, $4, $5, $1, 0, 1)",
                  {id, reason.reader, reason.kind, reason.subject, reason.post}));
  return id;
}

Result<> InboxWriter::Restore(const Reason& reason, const Entry& entry) {
  ASSIGN_OR_RETURN(const bool counted, HasActor(entry.group, entry.actor));
  RETURN_IF_ERROR(
      tx_.Execute("UPDATE notification_entries SET withdrawn = 0 WHERE account_id = $1 "
                  "AND kind = $2 AND subject_id = $3 AND source_id = $4",
                  {reason.reader, reason.kind, reason.subject, reason.source}));
  RETURN_IF_ERROR(
      tx_.Execute("UPDATE notification_groups SET actors = actors + $2, hidden = 0 WHERE id = $1",
                  {entry.group, counted ? 0 : 1}));
  return {};
}

Result<std::optional<std::uint64_t>> InboxWriter::Add(const Reason& reason) {
  ASSIGN_OR_RETURN(const auto entry, Find(reason));
  if (entry && !entry->withdrawn) return std::nullopt;
  if (entry && entry->id >= window_start_) {
    RETURN_IF_ERROR(Restore(reason, *entry));
    return std::nullopt;
  }
  const auto id = ids_.Next();
  ASSIGN_OR_RETURN(const auto group, OpenGroup(reason, id));
  ASSIGN_OR_RETURN(const bool counted, HasActor(group, reason.actor));
  RETURN_IF_ERROR(tx_.Execute(
      "INSERT INTO notification_entries "
      "(account_id, kind, subject_id, source_id, id, group_id, actor_id) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, kind, subject_id, source_id) "
      "DO UPDATE SET id = $5, group_id = $6, actor_id = $7, withdrawn = 0",
      {reason.reader, reason.kind, reason.subject, reason.source, id, group, reason.actor}));
  RETURN_IF_ERROR(
      tx_.Execute("UPDATE notification_groups SET position = $2, unread = 1, hidden = 0, "
                  "actors = actors + $3 WHERE id = $1",
                  {group, id, counted ? 0 : 1}));
  return group;
}

Result<> InboxWriter::Withdraw(const Reason& reason) {
  ASSIGN_OR_RETURN(const auto entry, Find(reason));
  if (!entry || entry->withdrawn) return {};
  RETURN_IF_ERROR(
      tx_.Execute("UPDATE notification_entries SET withdrawn = 1 WHERE account_id = $1 "
                  "AND kind = $2 AND subject_id = $3 AND source_id = $4",
                  {reason.reader, reason.kind, reason.subject, reason.source}));
  ASSIGN_OR_RETURN(const bool remains, HasActor(entry->group, entry->actor));
  if (remains) return {};
  RETURN_IF_ERROR(tx_.Execute("UPDATE notification_groups SET actors = actors - 1 WHERE id = $1",
                              {entry->group}));
  return {};
}

}  // namespace freshet::notifications
