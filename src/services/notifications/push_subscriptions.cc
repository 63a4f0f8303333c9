#include "services/notifications/push_subscriptions.h"

#include "base/bytes.h"
#include "net/push/push_client.h"

namespace freshet::notifications {
namespace {

constexpr std::int64_t kMostOwed = 10'000;  // whatever the options say

PushSubscriptionInfo InfoOf(PushSubscriptionId id, std::string_view endpoint, bool current) {
  return {.id = id,
          .service = net::PushOrigin(endpoint, true).value_or(""),
          .created_at = IdTime(id.value),
          .current = current};
}

Result<> RemoveIds(stores::Transaction& tx, const std::vector<PushSubscriptionId>& ids) {
  for (const auto id : ids) {
    RETURN_IF_ERROR(tx.Execute("DELETE FROM push_queue WHERE subscription_id = $1", {id}));
    RETURN_IF_ERROR(tx.Execute("DELETE FROM push_subscriptions WHERE id = $1", {id}));
  }
  return {};
}

Result<std::int64_t> RemoveFound(stores::Transaction& tx, std::string_view sql,
                                 std::initializer_list<stores::Sql> parameters) {
  std::vector<PushSubscriptionId> ids;
  RETURN_IF_ERROR(tx.Query(sql, parameters, [&](const stores::Row& row) {
    ids.push_back(row.AsId<PushSubscriptionId>(0));
  }));
  RETURN_IF_ERROR(RemoveIds(tx, ids));
  return static_cast<std::int64_t>(ids.size());
}

// What the database has is what ReadPushKeys let pass.
net::PushKeys StoredKeys(const stores::Row& row, int column) {
  return {.public_key = DecodeBase64Url(row.Text(column)).value_or(""),
          .auth = DecodeBase64Url(row.Text(column + 1)).value_or("")};
}

}  // namespace

Result<> OwePush(stores::Transaction& tx, const Group& group, Timestamp now) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO push_queue (subscription_id, group_id, position, due_at) "
                 "SELECT id, $2, $3, $4 FROM push_subscriptions WHERE account_id = $1 "
                 "ON CONFLICT (subscription_id, group_id) "
                 "DO UPDATE SET position = $3, due_at = $4, attempts = 0",
                 {group.reader, group.id, group.position, now}));
  return {};
}

Awaitable<Result<PushSubscriptionInfo>> PushSubscriptions::Put(AccountId account,
                                                               std::uint64_t session,
                                                               const PushSubscribe& request,
                                                               Deadline deadline) {
  CO_RETURN_IF_ERROR(net::PushOrigin(request.endpoint, options_.private_addresses));
  CO_ASSIGN_OR_RETURN(const auto keys, net::ReadPushKeys(request.keys.p256dh, request.keys.auth));
  const auto fresh = ids_.Next<PushSubscriptionId>();
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(RemoveFound(
            tx, "SELECT id FROM push_subscriptions WHERE session_id = $1 OR endpoint = $2",
            {session, request.endpoint}));
        RETURN_IF_ERROR(RemoveFound(tx,
                                    "SELECT id FROM push_subscriptions WHERE account_id = $1 "
                                    "ORDER BY id DESC LIMIT $2 OFFSET $3",
                                    {account, kMostOwed, options_.subscriptions - 1}));
        RETURN_IF_ERROR(tx.Execute(
            "INSERT INTO push_subscriptions "
            "(id, account_id, session_id, endpoint, public_key, auth) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            {fresh, account, session, request.endpoint, request.keys.p256dh, request.keys.auth}));
        return {};
      },
      deadline));
  co_return InfoOf(fresh, request.endpoint, true);
}

Awaitable<Result<PushSubscriptionList>> PushSubscriptions::Of(AccountId account,
                                                              std::uint64_t current,
                                                              Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<PushSubscriptionList> {
        PushSubscriptionList list;
        RETURN_IF_ERROR(tx.Query(
            "SELECT id, endpoint, session_id FROM push_subscriptions WHERE account_id = $1 "
            "ORDER BY id DESC",
            {account}, [&](const stores::Row& row) {
              list.items.push_back(InfoOf(row.AsId<PushSubscriptionId>(0), row.Text(1),
                                          static_cast<std::uint64_t>(row.Int(2)) == current));
            }));
        return list;
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::RemoveOfSession(std::uint64_t session, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            RemoveFound(tx, "SELECT id FROM push_subscriptions WHERE session_id = $1", {session}));
        return {};
      },
      deadline);
}

Awaitable<Result<std::vector<ExportedPushSubscription>>> PushSubscriptions::Export(
    AccountId account, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<ExportedPushSubscription>> {
        std::vector<ExportedPushSubscription> exported;
        RETURN_IF_ERROR(tx.Query(
            "SELECT id, endpoint FROM push_subscriptions WHERE account_id = $1 ORDER BY id DESC",
            {account}, [&](const stores::Row& row) {
              const auto id = row.AsId<PushSubscriptionId>(0);
              exported.push_back(
                  {.id = id, .endpoint = std::string(row.Text(1)), .created_at = IdTime(id.value)});
            }));
        return exported;
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::Erase(AccountId account, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            RemoveFound(tx, "SELECT id FROM push_subscriptions WHERE account_id = $1", {account}));
        return {};
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::RemoveOf(AccountId account, PushSubscriptionId id,
                                                Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        ASSIGN_OR_RETURN(
            const auto removed,
            RemoveFound(tx, "SELECT id FROM push_subscriptions WHERE id = $1 AND account_id = $2",
                        {id, account}));
        if (removed == 0) return NotFound("You have no such subscription; it may have ended.");
        return {};
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::RemoveEnded(const OwedPush& push, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            RemoveFound(tx, "SELECT id FROM push_subscriptions WHERE id = $1 AND endpoint = $2",
                        {push.subscription, push.endpoint}));
        return {};
      },
      deadline);
}

Awaitable<Result<std::vector<OwedPush>>> PushSubscriptions::Claim(std::size_t limit, Duration lease,
                                                                  Deadline deadline) {
  const Timestamp now = clock_.Now();
  // Most looks find nothing, and need not wait for whoever writes.
  CO_ASSIGN_OR_RETURN(
      const bool any,
      co_await stores::ReadReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<bool> {
            bool found = false;
            RETURN_IF_ERROR(tx.Query("SELECT 1 FROM push_queue WHERE due_at <= $1 LIMIT 1", {now},
                                     [&](const stores::Row&) { found = true; }));
            return found;
          },
          deadline));
  if (!any) co_return std::vector<OwedPush>();
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<OwedPush>> {
        std::vector<OwedPush> claimed;
        RETURN_IF_ERROR(tx.Query(
            "SELECT q.subscription_id, q.group_id, q.position, q.attempts, s.account_id, "
            "s.session_id, s.endpoint, s.public_key, s.auth FROM push_queue q "
            "JOIN push_subscriptions s ON s.id = q.subscription_id "
            "WHERE q.due_at <= $1 ORDER BY q.due_at, q.subscription_id, q.position LIMIT $2",
            {now, limit}, [&](const stores::Row& row) {
              claimed.push_back({.subscription = row.AsId<PushSubscriptionId>(0),
                                 .group = static_cast<std::uint64_t>(row.Int(1)),
                                 .position = static_cast<std::uint64_t>(row.Int(2)),
                                 .attempts = row.Int(3) + 1,
                                 .account = row.AsId<AccountId>(4),
                                 .session = static_cast<std::uint64_t>(row.Int(5)),
                                 .endpoint = std::string(row.Text(6)),
                                 .keys = StoredKeys(row, 7)});
            }));
        for (const auto& push : claimed) {
          RETURN_IF_ERROR(
              tx.Execute("UPDATE push_queue SET due_at = $3, attempts = attempts + 1 "
                         "WHERE subscription_id = $1 AND group_id = $2",
                         {push.subscription, push.group, now + lease}));
          RETURN_IF_ERROR(tx.Execute(
              "DELETE FROM push_queue WHERE subscription_id = $1 AND position IN (SELECT position "
              "FROM push_queue WHERE subscription_id = $1 ORDER BY position DESC "
              "LIMIT $2 OFFSET $3)",
              {push.subscription, kMostOwed, options_.waiting}));
        }
        return claimed;
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::Finish(const OwedPush& push, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("DELETE FROM push_queue WHERE subscription_id = $1 "
                       "AND group_id = $2 AND position = $3",
                       {push.subscription, push.group, push.position}));
        return {};
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::PutOff(const OwedPush& push, Timestamp until,
                                              std::int64_t attempts, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "UPDATE push_queue SET due_at = $4, attempts = $5 WHERE subscription_id = $1 "
            "AND group_id = $2 AND position = $3",
            {push.subscription, push.group, push.position, until, attempts}));
        return {};
      },
      deadline);
}

Awaitable<Result<>> PushSubscriptions::Purge(Deadline deadline) {
  const auto before = FirstIdAt(clock_.Now() - options_.time_to_live);
  if (!before) co_return Result<>();
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute("DELETE FROM push_queue WHERE position < $1", {*before}));
        return {};
      },
      deadline);
}

Awaitable<Result<std::int64_t>> PushSubscriptions::Owed(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t count = 0;
        RETURN_IF_ERROR(tx.Query("SELECT count(*) FROM push_queue", {},
                                 [&](const stores::Row& row) { count = row.Int(0); }));
        return count;
      },
      deadline);
}

}  // namespace freshet::notifications
