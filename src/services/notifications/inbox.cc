#include "services/notifications/inbox.h"

#include <algorithm>

#include "services/notifications/inbox_writes.h"
#include "services/notifications/push_subscriptions.h"

namespace freshet::notifications {
namespace {

constexpr std::int64_t kPurgedAtOnce = 500;

Group ReadGroup(const stores::Row& row) {
  return {.id = static_cast<std::uint64_t>(row.Int(0)),
          .position = static_cast<std::uint64_t>(row.Int(1)),
          .reader = row.AsId<AccountId>(2),
          .kind = static_cast<Kind>(row.Int(3)),
          .subject = static_cast<std::uint64_t>(row.Int(4)),
          .post = row.AsId<PostId>(5),
          .actors = row.Int(6),
          .unread = row.Bool(7),
          .newest = {}};
}

Result<> ReadNewest(stores::Transaction& tx, std::vector<Group>& groups) {
  for (auto& group : groups) {
    RETURN_IF_ERROR(
        tx.Query("SELECT actor_id, source_id FROM notification_entries WHERE group_id = $1 "
                 "AND withdrawn = 0 ORDER BY id DESC LIMIT $2",
                 {group.id, kNewestEntries}, [&](const stores::Row& row) {
                   group.newest.push_back({.actor = row.AsId<AccountId>(0),
                                           .source = static_cast<std::uint64_t>(row.Int(1))});
                 }));
  }
  return {};
}

// Reads groups by one of the statements below, with their newest entries.
Awaitable<Result<std::vector<Group>>> ReadGroups(stores::Database& database, std::string_view sql,
                                                 std::vector<stores::Sql> parameters,
                                                 Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database,
      [&](stores::Transaction& tx) -> Result<std::vector<Group>> {
        std::vector<Group> groups;
        RETURN_IF_ERROR(tx.Query(
            sql, parameters, [&](const stores::Row& row) { groups.push_back(ReadGroup(row)); }));
        RETURN_IF_ERROR(ReadNewest(tx, groups));
        return groups;
      },
      deadline);
}

Result<std::vector<Reason>> ReadReasons(stores::Transaction& tx, std::string_view sql,
                                        std::span<const stores::Sql> parameters) {
  std::vector<Reason> reasons;
  RETURN_IF_ERROR(tx.Query(sql, parameters, [&](const stores::Row& row) {
    reasons.push_back({.kind = static_cast<Kind>(row.Int(1)),
                       .reader = row.AsId<AccountId>(0),
                       .actor = {},
                       .subject = static_cast<std::uint64_t>(row.Int(2)),
                       .source = static_cast<std::uint64_t>(row.Int(3)),
                       .post = {},
                       .present = false});
  }));
  return reasons;
}

// Withdraws what a statement finds.
Awaitable<Result<>> WithdrawAll(stores::Database& database, IdGenerator& ids, std::string_view sql,
                                std::vector<stores::Sql> parameters, Deadline deadline) {
  co_return co_await database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        ASSIGN_OR_RETURN(const auto reasons, ReadReasons(tx, sql, parameters));
        InboxWriter writer(tx, ids, 0);
        for (const auto& reason : reasons) RETURN_IF_ERROR(writer.Withdraw(reason));
        return {};
      },
      deadline);
}

}  // namespace

Inbox::Inbox(InboxOptions options, stores::Database& database, IdGenerator& ids, const Clock& clock)
    : options_(options), database_(database), ids_(ids), clock_(clock) {}

Awaitable<Result<std::vector<Group>>> Inbox::Apply(std::span<const Reason> reasons,
                                                   Deadline deadline) {
  const auto window_start = FirstIdAt(clock_.Now() - options_.group_window);
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<Group>> {
        InboxWriter writer(tx, ids_, window_start.value_or(0));
        std::vector<std::uint64_t> news;
        for (const auto& reason : reasons) {
          if (!reason.present) {
            RETURN_IF_ERROR(writer.Withdraw(reason));
            continue;
          }
          ASSIGN_OR_RETURN(const auto group, writer.Add(reason));
          if (group) news.push_back(*group);
        }
        std::ranges::sort(news);
        const auto repeats = std::ranges::unique(news);
        news.erase(repeats.begin(), repeats.end());
        std::vector<Group> groups;
        for (const auto id : news) {
          RETURN_IF_ERROR(
              tx.Query("SELECT id, position, account_id, kind, subject_id, post_id, actors, unread "
                       "FROM notification_groups WHERE id = $1 AND actors > 0",
                       {id}, [&](const stores::Row& row) { groups.push_back(ReadGroup(row)); }));
        }
        RETURN_IF_ERROR(ReadNewest(tx, groups));
        for (const auto& group : groups) RETURN_IF_ERROR(OwePush(tx, group, clock_.Now()));
        return groups;
      },
      deadline);
}

Awaitable<Result<>> Inbox::WithdrawComment(std::uint64_t comment, AccountId author,
                                           Deadline deadline) {
  return WithdrawAll(database_, ids_,
                     "SELECT account_id, kind, subject_id, source_id FROM notification_entries "
                     "WHERE source_id = $1 AND kind >= 4 AND withdrawn = 0 UNION ALL "
                     "SELECT account_id, kind, subject_id, source_id FROM notification_entries "
                     "WHERE account_id = $2 AND kind = 2 AND subject_id = $1 AND withdrawn = 0",
                     {comment, author}, deadline);
}

Awaitable<Result<>> Inbox::WithdrawPerson(AccountId reader, AccountId actor, Deadline deadline) {
  return WithdrawAll(database_, ids_,
                     "SELECT account_id, kind, subject_id, source_id FROM notification_entries "
                     "WHERE actor_id = $2 AND account_id = $1 AND withdrawn = 0",
                     {reader, actor}, deadline);
}

Awaitable<Result<std::vector<AccountId>>> Inbox::ReadersOf(PostId post, AccountId after,
                                                           std::size_t limit, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<AccountId>> {
        std::vector<AccountId> readers;
        RETURN_IF_ERROR(
            tx.Query("SELECT DISTINCT account_id FROM notification_groups "
                     "WHERE post_id = $1 AND post_id > 0 AND account_id > $2 "
                     "ORDER BY account_id LIMIT $3",
                     {post, after, limit},
                     [&](const stores::Row& row) { readers.push_back(row.AsId<AccountId>(0)); }));
        return readers;
      },
      deadline);
}

Awaitable<Result<>> Inbox::SetHidden(PostId post, std::span<const AccountId> readers,
                                     const std::vector<bool>& hidden, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        for (std::size_t i = 0; i < readers.size(); ++i) {
          RETURN_IF_ERROR(
              tx.Execute("UPDATE notification_groups SET hidden = $3 WHERE post_id = $1 "
                         "AND post_id > 0 AND account_id = $2 AND hidden <> $3",
                         {post, readers[i], hidden[i] ? 1 : 0}));
        }
        return {};
      },
      deadline);
}

Awaitable<Result<>> Inbox::RemovePost(PostId post, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("DELETE FROM notification_entries WHERE group_id IN "
                       "(SELECT id FROM notification_groups WHERE post_id = $1 AND post_id > 0)",
                       {post}));
        RETURN_IF_ERROR(tx.Execute(
            "DELETE FROM notification_groups WHERE post_id = $1 AND post_id > 0", {post}));
        return {};
      },
      deadline);
}

Awaitable<Result<std::vector<Group>>> Inbox::List(AccountId reader, InboxFilter filter,
                                                  std::uint64_t before, std::size_t limit,
                                                  Deadline deadline) {
  static constexpr std::string_view kAll =
      "SELECT id, position, account_id, kind, subject_id, post_id, actors, unread FROM "
      "notification_groups "
      "WHERE account_id = $1 AND position < $2 AND actors > 0 AND hidden = 0 "
      "AND ((1 << kind) & $3) <> 0 ORDER BY position DESC LIMIT $4";
  static constexpr std::string_view kUnread =
      "SELECT id, position, account_id, kind, subject_id, post_id, actors, unread FROM "
      "notification_groups "
      "WHERE account_id = $1 AND position < $2 AND unread = 1 AND actors > 0 AND hidden = 0 "
      "AND ((1 << kind) & $3) <> 0 ORDER BY position DESC LIMIT $4";
  return ReadGroups(database_, filter.unread_only ? kUnread : kAll,
                    {reader, before == 0 ? kMaxIdValue : before, filter.kinds, limit}, deadline);
}

Awaitable<Result<std::vector<Group>>> Inbox::After(AccountId reader, std::uint64_t after,
                                                   std::size_t limit, Deadline deadline) {
  return ReadGroups(database_,
                    "SELECT id, position, account_id, kind, subject_id, post_id, actors, unread "
                    "FROM notification_groups "
                    "WHERE account_id = $1 AND position > $2 AND actors > 0 AND hidden = 0 "
                    "ORDER BY position LIMIT $3",
                    {reader, after, limit}, deadline);
}

Awaitable<Result<std::optional<Group>>> Inbox::Find(std::uint64_t group, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto groups,
      co_await ReadGroups(database_,
                          "SELECT id, position, account_id, kind, subject_id, post_id, actors, "
                          "unread FROM notification_groups "
                          "WHERE id = $1 AND actors > 0 AND hidden = 0",
                          {group}, deadline));
  if (groups.empty()) co_return std::nullopt;
  co_return std::move(groups.front());
}

Awaitable<Result<>> Inbox::MarkRead(AccountId reader, std::uint64_t up_to, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("UPDATE notification_groups SET unread = 0 WHERE account_id = $1 "
                       "AND position <= $2 AND unread = 1 AND actors > 0 AND hidden = 0",
                       {reader, up_to}));
        return {};
      },
      deadline);
}

Awaitable<Result<UnreadGroups>> Inbox::Unread(AccountId reader, std::size_t newest,
                                              Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<UnreadGroups> {
        UnreadGroups unread;
        RETURN_IF_ERROR(
            tx.Query("SELECT count(*) FROM notification_groups WHERE account_id = $1 "
                     "AND unread = 1 AND actors > 0 AND hidden = 0",
                     {reader}, [&](const stores::Row& row) { unread.all = row.Int(0); }));
        if (unread.all == 0) return unread;
        RETURN_IF_ERROR(
            tx.Query("SELECT post_id, count(*) FROM (SELECT post_id FROM notification_groups "
                     "WHERE account_id = $1 AND unread = 1 AND actors > 0 AND hidden = 0 "
                     "ORDER BY position DESC LIMIT $2) AS newest GROUP BY post_id",
                     {reader, newest}, [&](const stores::Row& row) {
                       unread.about.emplace_back(row.AsId<PostId>(0), row.Int(1));
                     }));
        return unread;
      },
      deadline);
}

Awaitable<Result<>> Inbox::Erase(AccountId person, Deadline deadline) {
  CO_RETURN_IF_ERROR(
      co_await WithdrawAll(database_, ids_,
                           "SELECT account_id, kind, subject_id, source_id "
                           "FROM notification_entries WHERE actor_id = $1 AND withdrawn = 0",
                           {person}, deadline));
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "DELETE FROM notification_entries WHERE account_id = $1 OR actor_id = $1", {person}));
        RETURN_IF_ERROR(
            tx.Execute("DELETE FROM notification_groups WHERE account_id = $1", {person}));
        return {};
      },
      deadline);
}

Awaitable<Result<std::int64_t>> Inbox::Purge(Deadline deadline) {
  const auto before = FirstIdAt(clock_.Now() - options_.retention);
  if (!before) co_return 0;
  std::int64_t sum = 0;
  for (std::int64_t removed = kPurgedAtOnce; removed == kPurgedAtOnce; sum += removed) {
    CO_ASSIGN_OR_RETURN(
        removed, co_await stores::WriteReturning(
                     database_,
                     [&](stores::Transaction& tx) -> Result<std::int64_t> {
                       std::vector<std::int64_t> groups;
                       RETURN_IF_ERROR(
                           tx.Query("SELECT id FROM notification_groups WHERE position < $1 "
                                    "ORDER BY position LIMIT $2",
                                    {*before, kPurgedAtOnce},
                                    [&](const stores::Row& row) { groups.push_back(row.Int(0)); }));
                       for (const auto group : groups) {
                         RETURN_IF_ERROR(tx.Execute(
                             "DELETE FROM notification_entries WHERE group_id = $1", {group}));
                         RETURN_IF_ERROR(
                             tx.Execute("DELETE FROM notification_groups WHERE id = $1", {group}));
                       }
                       return static_cast<std::int64_t>(groups.size());
                     },
                     deadline));
  }
  co_return sum;
}

Awaitable<Result<std::uint64_t>> Inbox::NewestId(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<std::uint64_t> {
        std::uint64_t newest = 0;
        RETURN_IF_ERROR(tx.Query("SELECT max(position) FROM notification_groups", {},
                                 [&](const stores::Row& row) {
                                   if (!row.IsNull(0))
                                     newest = static_cast<std::uint64_t>(row.Int(0));
                                 }));
        return newest;
      },
      deadline);
}

}  // namespace freshet::notifications
