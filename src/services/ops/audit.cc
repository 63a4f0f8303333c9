#include "services/ops/audit.h"

namespace freshet::ops {
namespace {

constexpr std::string_view kCursor = "audit log";
constexpr std::int64_t kPurgedAtOnce = 5'000;

AuditEntry ReadEntry(const stores::Row& row) {
  const auto id = static_cast<std::uint64_t>(row.Int(0));
  const AccountId by = row.AsId<AccountId>(1);
  AuditEntry entry{.id = std::to_string(id),
                   .at = IdTime(id),
                   .by = by == kOperator ? Actor::kOperator : Actor::kAccount,
                   .account_id = std::nullopt,
                   .action = std::string(row.Text(2)),
                   .target = std::string(row.Text(3)),
                   .details = std::string(row.Text(4)),
                   .request_id = std::string(row.Text(5)),
                   .status = std::nullopt};
  if (by != kOperator) entry.account_id = by;
  if (!row.IsNull(6)) entry.status = row.Int(6);
  return entry;
}

}  // namespace

Awaitable<Result<std::uint64_t>> Audit::Add(net::AdminAction action, std::optional<int> status,
                                            Deadline deadline) {
  const std::uint64_t id = ids_.Next();
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "INSERT INTO audit_log (id, account_id, action, target, details, request_id, status) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            {id, action.by, action.action, action.target, action.details, action.request_id,
             status}));
        return {};
      },
      deadline));
  co_return id;
}

Awaitable<Result<std::uint64_t>> Audit::Begin(net::AdminAction action, Deadline deadline) {
  return Add(std::move(action), std::nullopt, deadline);
}

Awaitable<Result<>> Audit::Record(net::AdminAction action, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await Add(std::move(action), 200, deadline));
  co_return Result<>();
}

Awaitable<Result<>> Audit::End(std::uint64_t id, int status, Deadline deadline) {
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        if (status >= 400 && status < 500) {
          RETURN_IF_ERROR(tx.Execute("DELETE FROM audit_log WHERE id = $1", {id}));
        } else {
          RETURN_IF_ERROR(
              tx.Execute("UPDATE audit_log SET status = $2 WHERE id = $1", {id, status}));
        }
        return {};
      },
      deadline);
}

Awaitable<Result<net::Page<AuditEntry>>> Audit::List(net::PageQuery query, Deadline deadline) {
  std::uint64_t before = kMaxIdValue;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, cursors_.Decode(kCursor, *query.cursor));
    if (values.size() != 1) co_return Invalid("Use `next` of a page as the cursor.");
    before = values.front();
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  CO_ASSIGN_OR_RETURN(
      auto entries, co_await stores::ReadReturning(
                        database_,
                        [&](stores::Transaction& tx) -> Result<std::vector<AuditEntry>> {
                          std::vector<AuditEntry> read;
                          RETURN_IF_ERROR(tx.Query(
                              "SELECT id, account_id, action, target, details, request_id, status "
                              "FROM audit_log WHERE id < $1 ORDER BY id DESC LIMIT $2",
                              {before, limit + 1},
                              [&](const stores::Row& row) { read.push_back(ReadEntry(row)); }));
                          return read;
                        },
                        deadline));
  net::Page<AuditEntry> page;
  if (entries.size() > limit) {
    entries.pop_back();
    CO_ASSIGN_OR_RETURN(const auto last, ParseId(entries.back().id));
    page.next = cursors_.Encode(kCursor, {last});
  }
  page.items = std::move(entries);
  co_return page;
}

Awaitable<Result<>> Audit::Purge(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto before, FirstIdAt(clock_.Now() - options_.retention));
  co_return co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.Execute("DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE id < $1 "
                       "ORDER BY id LIMIT $2)",
                       {before, kPurgedAtOnce}));
        return {};
      },
      deadline);
}

Awaitable<Result<std::uint64_t>> Audit::NewestId(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<std::uint64_t> {
        std::uint64_t newest = 0;
        RETURN_IF_ERROR(tx.Query(
            "SELECT coalesce(max(id), 0) FROM audit_log", {},
            [&](const stores::Row& row) { newest = static_cast<std::uint64_t>(row.Int(0)); }));
        return newest;
      },
      deadline);
}

}  // namespace freshet::ops
